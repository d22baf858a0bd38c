using Microsoft.ML;
using Microsoft.ML.Runtime;
using Spectre.Console;

namespace VisualSentiment.Tool.Screens;

/// <summary>
/// Shows the progress of training: bars with remaining time and losses in a terminal, one line per epoch otherwise.
/// </summary>
internal static class TrainingDisplay
{
    private const int WidthOfRest = 62;

    /// <summary>Shows the warnings of an ML.NET context.</summary>
    public static void ShowWarnings(MLContext ml) => ml.Log += (_, entry) =>
    {
        if (entry.Kind == ChannelMessageKind.Warning)
            Screen.Warning(entry.RawMessage);
    };

    public static T Run<T>(string title, Func<IProgress<TrainingProgress>, T> work)
    {
        Screen.Title(title);
        if (Screen.IsPlain)
            return work(TrainingProgress.ToConsole());
        var losses = new LossColumn();
        return AnsiConsole.Progress().AutoClear(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = Math.Clamp(Screen.Width - WidthOfRest, 10, 40) },
                new PercentageColumn(), new RemainingTimeColumn(), losses)
            .Start(context => work(new ProgressBars(context, losses)));
    }
}
