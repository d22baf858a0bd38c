using System.Globalization;
using System.Text;
using Distill;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment;

const int Failed = 1, BadUsage = 2, Canceled = 130;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var commandLine = CommandLine.Create(Run).Parse(args);
int exitCode = commandLine.Invoke(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
return commandLine.Errors.Count > 0 ? BadUsage : exitCode;

static int Run(DistillSettings settings, CancellationToken cancellation)
{
    // Names the files written so far.
    Func<string> describe;
    Action run;
    if (settings.Folds > 0)
    {
        describe = () => $"Complete runs are in {settings.Output}. Run the same command to continue.";
        run = () => CrossValidate(settings, cancellation);
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
        return Canceled;
    }
    // Errors that a user can fix are one message; anything else is a bug and keeps its stack trace.
    catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException or InvalidOperationException
        or VisualSentimentException)
    {
        Console.Error.WriteLine(e.Message);
        return Failed;
    }
}

static void CrossValidate(DistillSettings settings, CancellationToken cancellation)
{
    var ml = new MLContext(settings.Seed);
    TrainingDisplay.ShowWarnings(ml);
    ml.Log += (_, entry) =>
    {
        if (entry.Kind == ChannelMessageKind.Info && entry.Source.EndsWith("CrossValidateDistillation", StringComparison.Ordinal))
            Screen.Title(entry.RawMessage);
    };
    IDataView images = ml.Data.LoadImageFolder(settings.Data!);
    var trainers = new Trainers(ml, settings, PretrainedStudent.Create(settings, cancellation), cancellation);
    var progress = new ProgressLines();
    KnowledgeDistillationOptions distilled = trainers.ForStudent(progress, trainers.Teacher);
    DistillationReport report = ml.MulticlassClassification.CrossValidateDistillation(images,
        settings.LeavesOutHardLabels ? [distilled] : [distilled, trainers.ForHardLabels(progress)],
        settings.Folds, [.. Enumerable.Range(settings.Seed, settings.Seeds)], settings.Output);
    Screen.Line();
    Screen.Line(report.ToMarkdown());
    Screen.Line($"Written: {Path.Combine(settings.Output, "report.json")}, report.md, report.html");
}

static void Show(DistillReport report, string output)
{
    string Row(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    List<IReadOnlyList<string>> rows =
    [
        .. new[] { report.Teacher, report.Student, report.HardLabelStudent }.Select(network => (string[])
        [
            network.Name, Row(network.Parameters, "N0"), network.MillisecondsPerImage is { } time ? Row(time, "0.0") : "", Row(network.Seconds, "0.0"), Row(network.Accuracy, "0.0%"),
        ]),
    ];
    if (report.Int8 is { Accuracy: { } accuracy })
        rows.Add(["student, 8-bit integers", Row(report.Student.Parameters, "N0"), "", "", Row(accuracy, "0.0%")]);
    Screen.Line();
    Screen.Table(["", "parameters", "ms per image", "training, s", "accuracy"], rows);
    Screen.Line($"{report.TrainingImages} training and {report.TestImages} test images of {report.Classes.Count} classes; chance is {Row(1.0 / report.Classes.Count, "0.0%")}.");
    foreach (string finding in report.Findings)
        Screen.Line($"- {finding}");
    Screen.Line($"Written: {Path.Combine(output, "sentiment.onnx")}, sentiment.zip, report.json, report.html");
    if (report.Int8 is { Bytes: { } bytes } int8)
        Screen.Line(string.Create(CultureInfo.InvariantCulture, $"Written: {Path.Combine(output, Int8Report.FileName)}, {bytes:N0} bytes instead of {int8.FloatBytes:N0}"));
    else if (report.Int8?.Refused is { } reason)
        Screen.Warning($"Not written: {Int8Report.FileName}. {reason}");
}
