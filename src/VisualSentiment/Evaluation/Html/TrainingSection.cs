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
        PlotSeries[] Lines(Func<EpochResult, double?> value) =>
        [
            .. content.Models.SelectMany(model => runs.Select(
                run => new PlotSeries(model.Role, Points(model.Epochs(run), value), model.Color)))
                .Where(line => line.Points.Count > 0),
        ];
        XElement? Accuracy(string images, Func<EpochResult, double?> value) => Lines(value) is { Length: > 0 } lines
            ? SvgPlot.Lines($"Accuracy on {images} images", "epoch", lines, percentX: false, percentY: true) : null;

        PlotSeries[] losses = Lines(epoch => epoch.Loss);
        if (losses.Length == 0)
            yield break;
        yield return new XElement("p", "Networks with different targets have different losses: compare the shapes of "
            + "their curves, not the values. Loss and training accuracy are means over an epoch with changing weights."
            + (content.Report.Outcomes.Count > MaxRuns
                ? $" The first {MaxRuns} of {content.Report.Outcomes.Count} runs are shown." : ""));
        yield return Markup.Element("div", "plots",
            Accuracy("training", epoch => epoch.TrainingAccuracy),
            Accuracy("validation", epoch => epoch.ValidationAccuracy),
            losses.GroupBy(line => line.Name).Select(lines =>
                SvgPlot.Lines($"Loss: {lines.Key}", "epoch", [.. lines], percentX: false, percentY: false)));
    }

    private static PlotPoint[] Points(IReadOnlyList<EpochResult> history, Func<EpochResult, double?> value) =>
    [
        .. history.Where(epoch => value(epoch) is { } known && double.IsFinite(known))
            .Select(epoch => new PlotPoint(epoch.Epoch, value(epoch)!.Value)),
    ];
}
