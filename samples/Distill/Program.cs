using System.Globalization;
using System.Text;
using Distill;
using Spectre.Console;
using VisualSentiment;

const int Failed = 1, BadUsage = 2, Cancelled = 130;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var commandLine = CommandLine.Create(Run).Parse(args);
int exitCode = commandLine.Invoke(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
return commandLine.Errors.Count > 0 ? BadUsage : exitCode;

static int Run(DistillSettings settings, CancellationToken cancellation)
{
    // Says what was written by then.
    Func<string> describe;
    Action run;
    if (settings.Folds > 0)
    {
        var job = new FoldsJob(settings, cancellation);
        describe = job.Describe;
        run = () => ShowFolds(job.Run(), settings.Output);
    }
    else
    {
        var job = new DistillJob(settings, cancellation);
        describe = job.Describe;
        run = () => Show(job.Run(), settings.Output);
    }
    try
    {
        run();
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine($"Stopped. {describe()}");
        return Cancelled;
    }
    // What a user can mend is said in one message; anything else is a bug and keeps its stack trace.
    catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException or InvalidOperationException
        or InvalidImageFolderException or TrainingDataException or LibTorchUnavailableException)
    {
        Console.Error.WriteLine(e.Message);
        return Failed;
    }
}

static void ShowFolds(DistillationReport report, string output)
{
    AnsiConsole.WriteLine();
    AnsiConsole.WriteLine(report.ToMarkdown());
    AnsiConsole.MarkupLineInterpolated($"Written: {Path.Combine(output, "folds.json")}, folds.md");
}

static void Show(DistillReport report, string output)
{
    var table = new Table().Border(TableBorder.Rounded)
        .AddColumn("").AddColumn("parameters", c => c.RightAligned()).AddColumn("seconds", c => c.RightAligned()).AddColumn("accuracy", c => c.RightAligned());
    foreach (NetworkReport network in (NetworkReport[])[report.Teacher, report.Student, report.HardLabelStudent])
        table.AddRow(network.Name.EscapeMarkup(), network.Parameters.ToString("N0", CultureInfo.InvariantCulture),
            network.Seconds.ToString("0.0", CultureInfo.InvariantCulture), network.Accuracy.ToString("P1", CultureInfo.InvariantCulture));
    if (report.Int8 is { Accuracy: { } accuracy })
        table.AddRow("Student, 8-bit integers", report.Student.Parameters.ToString("N0", CultureInfo.InvariantCulture), "", accuracy.ToString("P1", CultureInfo.InvariantCulture));
    AnsiConsole.WriteLine();
    AnsiConsole.Write(table);
    AnsiConsole.MarkupLineInterpolated($"{report.TrainingPictures} training and {report.TestPictures} test pictures of {report.Classes.Count} classes; chance is {1.0 / report.Classes.Count:P1}.");
    AnsiConsole.MarkupLineInterpolated($"Written: {Path.Combine(output, "sentiment.onnx")}, sentiment.zip, report.json");
    if (report.Int8 is { Bytes: { } bytes } int8)
        AnsiConsole.MarkupLineInterpolated($"Written: {Path.Combine(output, Int8Report.FileName)}, {bytes:N0} bytes instead of {int8.FloatBytes:N0}");
    else if (report.Int8?.Refused is { } reason)
        AnsiConsole.MarkupLineInterpolated($"[yellow]Not written: {Int8Report.FileName}. {reason}[/]");
}
