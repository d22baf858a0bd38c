using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>Loss and accuracy per epoch.</summary>
internal static class TrainingSection
{
    /// <summary>More lines per model are not legible.</summary>
    private const int MaxRuns = 10;

    public static IEnumerable<XElement> Render(ReportContent content)
    {
        TrainingCurves[] runs = [.. content.Report.Outcomes.Take(MaxRuns).Select(run => run.Curves)];
        IEnumerable<PlotSeries> Lines(string suffix, bool dashed, Func<EpochResult, double?> value) => content.Models
            .SelectMany(model => runs.Select(
                run => new PlotSeries(model.Role + suffix, Points(model.Epochs(run), value), model.Color, dashed)))
            .Where(line => line.Points.Count > 0);

        PlotSeries[] losses = [.. Lines("", dashed: false, epoch => epoch.Loss)];
        PlotSeries[] accuracies =
        [
            .. Lines(", training", dashed: true, epoch => epoch.TrainingAccuracy),
            .. Lines(", validation", dashed: false, epoch => epoch.ValidationAccuracy),
        ];
        if (losses.Length == 0)
            yield break;
        yield return new XElement("p", "Networks with different targets have different losses: compare the shapes of "
            + "their curves, not the values. Loss and training accuracy are means over an epoch with changing weights."
            + (content.Report.Outcomes.Count > MaxRuns
                ? $" The first {MaxRuns} of {content.Report.Outcomes.Count} runs are shown." : ""));
        yield return Markup.Element("div", "plots",
            SvgPlot.Lines("Loss", "epoch", losses, percentX: false, percentY: false),
            accuracies.Length == 0 ? null
                : SvgPlot.Lines("Accuracy", "epoch", accuracies, percentX: false, percentY: true));
    }

    private static PlotPoint[] Points(IReadOnlyList<EpochResult> history, Func<EpochResult, double?> value) =>
    [
        .. history.Where(epoch => value(epoch) is { } known && double.IsFinite(known))
            .Select(epoch => new PlotPoint(epoch.Epoch, value(epoch)!.Value)),
    ];
}
