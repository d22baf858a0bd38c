using System.CommandLine;
using VisualSentiment.Tool.Predictions;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Commands;

/// <summary><c>visualsentiment predict</c>.</summary>
internal static class PredictCommand
{
    private const string StandardOutput = "-";

    public static Command Create()
    {
        var images = Symbols.Images();
        var model = Symbols.ModelOption();
        var json = Symbols.Json("Write one JSON object per line: file, emotion, confidence, scores, or file and error.");
        var csv = new Option<string?>("--csv")
        {
            Description = "Write a CSV file; - is the standard output.",
            HelpName = "FILE",
        };
        var top = new Option<int?>("--top")
        {
            Description = "Write the N emotions with the highest scores. [default: 1 as text, all as JSON and CSV]",
            HelpName = "N",
        }.Require(count => count >= 1, "at least 1");
        Command command = new("predict", "Predicts the emotion that each image evokes.")
        {
            images, model, json, csv, top,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(csv) == StandardOutput)
                result.AddError("--json and --csv - both write to the standard output; use one of them.");
        });
        command.SetGuardedAction((result, cancellation) =>
        {
            IEnumerable<string> files = ImageFiles.Find(result.GetRequiredValue(images));
            using var detector = SentimentDetector.Load(result.GetRequiredValue(model));
            int? count = result.GetValue(top) is { } number ? Math.Min(number, detector.Classes.Count) : null;
            using var table = OpenCsv(result.GetValue(csv), detector.Classes, count);
            IPredictionWriter? lines = result.GetValue(json) ? new JsonWriter(Console.Out, count)
                : result.GetValue(csv) == StandardOutput ? null : new TextLines(detector.Classes, count);
            return Run(detector, files, [.. new[] { lines, table }.OfType<IPredictionWriter>()], cancellation);
        });
        return command;
    }

    private static CsvTable? OpenCsv(string? path, IReadOnlyList<string> classes, int? top) => path switch
    {
        null => null,
        StandardOutput => new CsvTable(Console.Out, classes, top),
        _ => new CsvTable(new StreamWriter(path), classes, top),
    };

    private static int Run(SentimentDetector detector, IEnumerable<string> files, IPredictionWriter[] writers,
        CancellationToken cancellation)
    {
        int images = 0, failures = 0;
        foreach (ImageResult result in detector.PredictMany(files, cancellationToken: cancellation))
        {
            images++;
            failures += result.IsPredicted ? 0 : 1;
            foreach (IPredictionWriter writer in writers)
                if (result.IsPredicted)
                    writer.Write(result.Name, result.Prediction);
                else
                    writer.Write(result.Name, result.Error);
        }
        if (failures > 0 && !Screen.IsPlain)
            Console.Error.WriteLine($"{failures} of {images} images could not be read.");
        return failures == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
