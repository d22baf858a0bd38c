using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The reliability diagram: accuracy by confidence.</summary>
internal static class CalibrationSection
{
    public static IEnumerable<XElement> Render(ReportContent content)
    {
        yield return new XElement("p", "On the dashed line, confidence is equal to accuracy; below it, a model is overconfident. "
            + "Vertical lines are the student's 95% intervals, which are wide for bins with few tests.");
        yield return Markup.Element("div", "plots",
            SvgPlot.Lines("Accuracy by confidence", "confidence",
            [
                new PlotSeries("calibrated", [new(0, 0), new(1, 1)], SvgPlot.Reference, Dashed: true),
                .. content.Models.Select(model => new PlotSeries(model.Role, [.. Points(model)], model.Color)),
            ], percentX: true, percentY: true),
            Markup.Table("Expected calibration error", "list", ["", "error", "mean confidence", "accuracy"], content.Models.Select(model => (IEnumerable<XElement>)
            [
                Markup.RowTitle(model.Role), Markup.Cell(Format.Percent(model.Evaluation.CalibrationError)),
                Markup.Cell(Format.Percent(model.Evaluation.Tally.Calibration.Confidence.Sum() / model.Evaluation.Tally.Tests.Sum())),
                Markup.Cell(Format.Percent(model.Evaluation.Accuracy.Value)),
            ])));
    }

    private static IEnumerable<PlotPoint> Points(ComparedModel model)
    {
        CalibrationBins bins = model.Evaluation.Tally.Calibration;
        for (int bin = 0; bin < bins.Tests.Length; bin++)
        {
            if (bins.Tests[bin] == 0)
                continue;
            double confidence = bins.Confidence[bin] / bins.Tests[bin], accuracy = (double)bins.Correct[bin] / bins.Tests[bin];
            yield return new PlotPoint(confidence, accuracy,
                model.Role == "student" ? WilsonInterval.Of(accuracy, bins.Tests[bin]) : null);
        }
    }
}
