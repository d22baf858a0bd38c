using System.Xml.Linq;
using VisualSentiment.Common;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The models' accuracies with intervals, and their other metrics.</summary>
internal static class AccuracySection
{
    public static IEnumerable<XElement> Render(ReportContent content)
    {
        IReadOnlyList<ComparedModel> models = content.Models;
        yield return SvgPlot.Intervals("Correct test images, with 95% interval",
            [.. models.Select(model => (model.Role, model.Color, model.Evaluation.Accuracy))]);
        yield return Markup.Table("Metrics of the models", "figures", ["", .. models.Select(model => model.Role)], Rows(models));
        if (PolarityMap.Note(content.Report.ClassesWithoutPolarity, content.Report.Classes.Count) is { } note)
            yield return new XElement("p", $"{note}.");
    }

    private static IEnumerable<IEnumerable<XElement>> Rows(IReadOnlyList<ComparedModel> models)
    {
        IEnumerable<XElement> Row(string title, Func<ModelEvaluation, string> metric) => [Markup.RowTitle(title), .. models.Select(model => Markup.Cell(metric(model.Evaluation)))];
        yield return Row("accuracy", model => Format.Percent(model.Accuracy.Value));
        if (models[0].Evaluation.AccuracyOverRuns is not null)
            yield return Row("mean ± standard deviation of runs", model => $"{Format.Percent(model.AccuracyOverRuns!.Mean)} ± {Format.Percent(model.AccuracyOverRuns.StandardDeviation)}");
        yield return Row("macro accuracy", model => Format.Percent(model.MacroAccuracy));
        yield return Row("cross-entropy", model => Format.Number(model.CrossEntropy));
        yield return Row("expected calibration error", model => Format.Percent(model.CalibrationError));
        if (models.Any(model => model.Evaluation.PolarityAccuracy is not null))
            yield return Row("polarity accuracy", model => model.PolarityAccuracy is { } share ? Format.Percent(share) : "-");
    }
}
