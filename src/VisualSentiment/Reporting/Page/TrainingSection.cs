using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>Loss and accuracy, epoch by epoch.</summary>
internal sealed class TrainingSection : IReportSection
{
    /// <summary>More lines are a tangle; the first runs stand for all.</summary>
    private const int MostRuns = 10;

    public string Title => "Training";

    public IEnumerable<XElement> Render(ReportContent content)
    {
        TrainingCurves[] runs = [.. content.Report.Outcomes.Take(MostRuns).Select(run => run.Curves)];
        IEnumerable<PlotSeries> Lines(string suffix, bool dashed, Func<EpochResult, double?> figure) => content.Models
            .SelectMany(model => runs.Select(run => new PlotSeries(model.Role + suffix, Points(model.Curve(run), figure)) { Color = model.Color, Dashed = dashed }))
            .Where(line => line.Points.Count > 0);

        PlotSeries[] losses = [.. Lines("", dashed: false, epoch => epoch.Loss)];
        PlotSeries[] accuracies = [.. Lines(", training", dashed: true, epoch => epoch.TrainingAccuracy), .. Lines(", validation", dashed: false, epoch => epoch.ValidationAccuracy)];
        if (losses.Length == 0)
            yield break;
        yield return new XElement("p", "The losses of networks that learn from different targets differ in height; look at their shape. "
            + "Training figures are taken while the network changes."
            + (content.Report.Outcomes.Count > MostRuns ? $" Shown are the first {MostRuns} of {content.Report.Outcomes.Count} runs." : ""));
        yield return Html.Element("div", "plots", Html.Plot(SvgPlot.Lines("Loss in training", "epoch", "loss", losses)),
            accuracies.Length == 0 ? null : Html.Plot(SvgPlot.Lines("Accuracy in training", "epoch", "accuracy", accuracies, percent: true)));
    }

    private static PlotPoint[] Points(IReadOnlyList<EpochResult> history, Func<EpochResult, double?> figure) =>
        [.. history.Where(epoch => figure(epoch) is { } value && double.IsFinite(value)).Select(epoch => new PlotPoint(epoch.Epoch, figure(epoch)!.Value))];
}
