using System.Xml.Linq;
using VisualSentiment.Common;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The models' accuracies, other metrics, and calibration.</summary>
internal static class AccuracySection
{
    public static IEnumerable<XElement> Render(ReportContent content)
    {
        IReadOnlyList<ComparedModel> models = content.Models;
        yield return Markup.Element("div", "plots",
            SvgPlot.Intervals("With 95% interval; dashed: chance",
                [.. models.Select(model => (model.Role, model.Color, model.Evaluation.Accuracy))],
                reference: 1.0 / content.Report.Classes.Count),
            Markup.Table("Metrics of the models", "figures", ["", .. models.Select(model => model.Role)],
                Rows(models)));
        if (PolarityMap.Note(content.Report.ClassesWithoutPolarity, content.Report.Classes.Count) is { } note)
            yield return new XElement("p", $"{note}.");
    }

    /// <summary>The reliability diagram.</summary>
    public static IEnumerable<XElement> RenderCalibration(ReportContent content)
    {
        yield return new XElement("p",
            "On the dashed line, confidence is equal to accuracy; below it, a model is overconfident. "
            + "Vertical lines are the student's 95% intervals, which are wide for bins with few tests.");
        yield return Markup.Element("div", "plots",
            SvgPlot.Lines("Accuracy by confidence", "confidence",
            [
                new PlotSeries("calibrated", [new(0, 0), new(1, 1)], SvgPlot.Reference, Dashed: true),
                .. content.Models.Select(model => new PlotSeries(model.Role,
                    [.. Points(model.Evaluation, withIntervals: model == content.Student)], model.Color)),
            ], percentX: true, percentY: true),
            Markup.Table("Expected calibration error", "list", ["", "error", "mean confidence", "accuracy"],
                content.Models.Select(model => Markup.Row(
                model.Role, Markup.Cell(Format.Percent(model.Evaluation.CalibrationError)),
                Markup.Cell(Format.Percent(MeanConfidence(model.Evaluation.Tally))),
                Markup.Cell(Format.Percent(model.Evaluation.Accuracy.Value))))));
    }

    private static IEnumerable<IEnumerable<XElement>> Rows(IReadOnlyList<ComparedModel> models)
    {
        IEnumerable<XElement> Row(string title, Func<ModelEvaluation, string> metric) =>
            Markup.Row(title, [.. models.Select(model => Markup.Cell(metric(model.Evaluation)))]);
        yield return Row("accuracy", model => Format.Percent(model.Accuracy.Value));
        if (models[0].Evaluation.AccuracyOverRuns is not null)
            yield return Row("mean ± standard deviation of runs", model => Format.Percent(model.AccuracyOverRuns!));
        yield return Row("label among the first two", model => Format.Percent(model.TopTwoAccuracy));
        yield return Row("macro accuracy", model => Format.Percent(model.MacroAccuracy));
        yield return Row("cross-entropy", model => Format.Number(model.CrossEntropy));
        yield return Row("expected calibration error", model => Format.Percent(model.CalibrationError));
        if (models.Any(model => model.Evaluation.PolarityAccuracy is not null))
            yield return Row("polarity accuracy",
                model => model.PolarityAccuracy is { } share ? Format.Percent(share) : "-");
    }

    private static double MeanConfidence(ModelTally tally) => tally.Calibration.Confidence.Sum() / tally.Tests.Sum();

    private static IEnumerable<PlotPoint> Points(ModelEvaluation model, bool withIntervals)
    {
        CalibrationBins bins = model.Tally.Calibration;
        for (int bin = 0; bin < bins.Tests.Length; bin++)
        {
            if (bins.Tests[bin] == 0)
                continue;
            double confidence = bins.Confidence[bin] / bins.Tests[bin],
                accuracy = (double)bins.Correct[bin] / bins.Tests[bin];
            yield return new PlotPoint(confidence, accuracy,
                withIntervals ? WilsonInterval.Of(accuracy, bins.Tests[bin]) : null);
        }
    }
}
