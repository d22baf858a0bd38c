using System.Globalization;
using System.Text;
using Distill;
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
        var job = new FoldsJob(settings, cancellation);
        describe = job.Describe;
        run = () => ShowFolds(job.Run());
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

static void ShowFolds(string markdownPath)
{
    Screen.Line();
    Screen.Line(File.ReadAllText(markdownPath));
    Screen.Line($"Written: {Path.ChangeExtension(markdownPath, "json")}, folds.md, folds.html");
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
    if (report.Ensemble is { } together)
        rows.Add([$"ensemble of {together.StudentAccuracies.Count} students", Row(together.StudentAccuracies.Count * report.Student.Parameters, "N0"), Row(together.Milliseconds, "0.0"), "", Row(together.Accuracy, "0.0%")]);
    Screen.Line();
    Screen.Table(["", "parameters", "ms per image", "training, s", "accuracy"], rows);
    Screen.Line($"{report.TrainingImages} training and {report.TestImages} test images of {report.Classes.Count} classes; chance is {Row(1.0 / report.Classes.Count, "0.0%")}.");
    foreach (string finding in report.Findings)
        Screen.Line($"- {finding}");
    Screen.Line($"Written: {Path.Combine(output, "sentiment.onnx")}, sentiment.zip, report.json, report.html");
    if (report.Ensemble is { } ensemble)
    {
        string alone = string.Join(" / ", ensemble.StudentAccuracies.Select(accuracy => Row(accuracy, "0.0%")));
        Screen.Line(string.Create(CultureInfo.InvariantCulture, $"Written: {Path.Combine(output, EnsembleReport.FileName)}, {ensemble.Bytes:N0} bytes instead of {ensemble.StudentBytes:N0}; accuracies of its students: {alone}"));
        Screen.Line(string.Create(CultureInfo.InvariantCulture, $"From a file to a prediction: {ensemble.StudentMilliseconds:0.0} ms for one student, {ensemble.Milliseconds:0.0} ms for the ensemble."));
    }
    if (report.Int8 is { Bytes: { } bytes } int8)
        Screen.Line(string.Create(CultureInfo.InvariantCulture, $"Written: {Path.Combine(output, Int8Report.FileName)}, {bytes:N0} bytes instead of {int8.FloatBytes:N0}"));
    else if (report.Int8?.Refused is { } reason)
        Screen.Warning($"Not written: {Int8Report.FileName}. {reason}");
}
