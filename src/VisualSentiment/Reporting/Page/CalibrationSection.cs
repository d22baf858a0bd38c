using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>The reliability diagram: how often a model is right that is so confident.</summary>
internal sealed class CalibrationSection : IReportSection
{
    public string Title => "Calibration";

    public IEnumerable<XElement> Render(ReportContent content)
    {
        yield return new XElement("p", "On the grey line a model that is 70 % sure is right in 70 % of tests; below it, it is too sure of itself. "
            + "Bars are 95 % intervals of the student; bins with few tests say little.");
        yield return Html.Element("div", "plots",
            Html.Plot(SvgPlot.Lines("Reliability diagram", "confidence, %", "accuracy",
            [
                new PlotSeries("ideal", [new(0, 0), new(100, 1)]) { Color = -1, Dashed = true },
                .. content.Models.Select(model => new PlotSeries(model.Role, [.. Points(model)]) { Color = model.Color }),
            ], percent: true)),
            Html.Table("Expected calibration error", "list", ["", "error", "mean confidence", "accuracy"], content.Models.Select(model => (IEnumerable<XElement>)
            [
                Html.RowTitle(model.Role), Html.Cell(Figures.Percent(model.Evaluation.CalibrationError)),
                Html.Cell(Figures.Percent(model.Evaluation.Tally.Calibration.Confidence.Sum() / model.Evaluation.Tally.Tests.Sum())),
                Html.Cell(Figures.Percent(model.Evaluation.Accuracy.Value)),
            ])));
    }

    private static IEnumerable<PlotPoint> Points(ComparedModel model)
    {
        CalibrationBins bins = model.Evaluation.Tally.Calibration;
        for (int bin = 0; bin < bins.Tests.Length; bin++)
        {
            if (bins.Tests[bin] == 0)
                continue;
            double confidence = 100 * bins.Confidence[bin] / bins.Tests[bin], accuracy = (double)bins.Correct[bin] / bins.Tests[bin];
            yield return model.Role == "student" ? PlotPoint.Of(confidence, WilsonInterval.Of(accuracy, bins.Tests[bin])) : new PlotPoint(confidence, accuracy);
        }
    }
}
