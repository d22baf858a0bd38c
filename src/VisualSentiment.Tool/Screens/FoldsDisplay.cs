using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Spectre.Console;

namespace VisualSentiment.Tool.Screens;

/// <summary>
/// Shows the progress of cross-validation: one line per training, and in a terminal the stage of the current training.
/// </summary>
internal static class FoldsDisplay
{
    public static T Run<T>(MLContext ml, Func<IProgress<TrainingProgress>, T> work)
    {
        var clock = Stopwatch.StartNew();
        ml.Log += (_, entry) =>
        {
            if (entry.Kind == ChannelMessageKind.Info && entry.Source.EndsWith(
                nameof(VisualSentimentCatalog.CrossValidateDistillation), StringComparison.Ordinal))
                Screen.Line(FormattableString.Invariant($"{clock.Elapsed:h\\:mm\\:ss}  {entry.RawMessage}"));
        };
        return Screen.IsPlain ? work(new CurrentStage(null))
            : AnsiConsole.Status().Start("cross-validation", context => work(new CurrentStage(context)));
    }

    private sealed class CurrentStage(StatusContext? context) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (context is not null)
                context.Status = StageName.Of(value);
        }
    }
}
