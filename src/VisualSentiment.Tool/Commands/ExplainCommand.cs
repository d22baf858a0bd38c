using System.CommandLine;
using VisualSentiment.Tool.Predictions;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Commands;

/// <summary><c>visualsentiment explain</c>.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var images = Symbols.Images();
        var model = Symbols.ModelOption();
        var emotion = new Option<string?>("--emotion")
        {
            Description = "The emotion of the heat map. [default: the predicted emotion of each image]",
            HelpName = "NAME",
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder for the heat maps, IMAGE.EMOTION.png.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "evidence",
        };
        Command command = new("explain", "Writes heat maps of the regions on which predictions depend.")
        {
            images, model, emotion, output,
        };
        command.SetGuardedAction((result, cancellation) =>
        {
            IEnumerable<string> files = ImageFiles.Find(result.GetRequiredValue(images));
            using var detector = SentimentDetector.Load(result.GetRequiredValue(model));
            string? name = result.GetValue(emotion);
            if (name is not null && !detector.Classes.Contains(name))
                throw new InvalidCommandLineException($"The model has no emotion '{name}'; it has "
                    + $"{string.Join(", ", detector.Classes)}.");
            return Run(detector, files, new OverlayFolder(result.GetRequiredValue(output), name), cancellation);
        });
        return command;
    }

    private static int Run(SentimentDetector detector, IEnumerable<string> files, OverlayFolder folder,
        CancellationToken cancellation)
    {
        int exitCode = ExitCode.Success;
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                EvidenceMap map = detector.Explain(file);
                string overlay = folder.Save(file, map);
                var (emotion, confidence) = (map.Prediction.Emotion, map.Prediction.Confidence);
                Screen.Line(Screen.IsPlain
                    ? FormattableString.Invariant($"{file}\t{emotion}\t{confidence:F3}\t{overlay}")
                    : FormattableString.Invariant($"{emotion} {confidence:0.0%}  {overlay}"));
            }
            catch (UnreadableImageException e)
            {
                Console.Error.WriteLine(e.Message);
                exitCode = ExitCode.Failure;
            }
        }
        return exitCode;
    }
}
