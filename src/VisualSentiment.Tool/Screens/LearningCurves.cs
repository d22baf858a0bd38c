using System.Globalization;

namespace VisualSentiment.Tool.Screens;

/// <summary>The learning curves of a training: curves in a terminal, one line otherwise.</summary>
internal static class LearningCurves
{
    private const int Height = 4;
    private const int LeastWidth = 30;
    private const int MaxWidth = 56;
    private const int Gap = 3;

    public static void Show(IReadOnlyList<EpochResult> history)
    {
        if (history.Count < 2)
            return;
        (string Name, double[] Values)[] accuracies =
        [
            .. new[]
            {
                ("validation accuracy", history.Select(epoch => epoch.ValidationAccuracy)),
                ("training accuracy", history.Select(epoch => epoch.TrainingAccuracy)),
            }.Select(curve => (curve.Item1, Values: curve.Item2.OfType<double>().ToArray()))
                .Where(curve => curve.Values.Length == history.Count).Take(1),
        ];
        double[] losses = [.. history.Select(epoch => epoch.Loss)];
        if (Screen.IsPlain)
        {
            Screen.Line($"  {history.Count} epochs: loss {Number(losses[0])} to {Number(losses[^1])}"
                + string.Concat(accuracies.Select(curve =>
                    $", {curve.Name} {Percent(curve.Values[0])} to {Percent(curve.Values[^1])}")));
            return;
        }
        // Side by side if the terminal is wide enough.
        int beside = (Screen.Width - 2 - Gap) / 2;
        bool together = accuracies.Length > 0 && beside >= LeastWidth;
        int width = Math.Min(MaxWidth, together ? beside : Screen.Width - 3);
        IReadOnlyList<string> loss = BrailleChart.Draw("loss", losses, Number, width, Height);
        IReadOnlyList<string> accuracy = accuracies.Length == 0 ? []
            : BrailleChart.Draw(accuracies[0].Name, accuracies[0].Values, Percent, width, Height);
        IEnumerable<string> lines = together
            ? loss.Zip(accuracy, (left, right) => $"{left}{new string(' ', Gap)}{right}") : loss.Concat(accuracy);
        foreach (string line in lines)
            Screen.Line($"  {line}");
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("0.0%", CultureInfo.InvariantCulture);
}
