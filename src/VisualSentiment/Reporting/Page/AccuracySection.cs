using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>The models' accuracies with intervals, and their other figures.</summary>
internal sealed class AccuracySection : IReportSection
{
    public string Title => "Accuracy";

    public IEnumerable<XElement> Render(ReportContent content)
    {
        IReadOnlyList<ComparedModel> models = content.Models;
        yield return Html.Plot(SvgPlot.Categories("Accuracy with 95 % interval", "share of test pictures", [.. models.Select(model => model.Role)],
            models.Select((model, i) => new PlotSeries("accuracy", [PlotPoint.Of(i, model.Evaluation.Accuracy)]) { Color = model.Color }), percent: true));
        yield return Html.Table("Figures of the models", "figures", ["", .. models.Select(model => model.Role)], Rows(models));
        if (PolarityMap.Note(content.Report) is { } note)
            yield return new XElement("p", $"{note}.");
    }

    private static IEnumerable<IEnumerable<XElement>> Rows(IReadOnlyList<ComparedModel> models)
    {
        IEnumerable<XElement> Row(string title, Func<ModelEvaluation, string> figure) => [Html.RowTitle(title), .. models.Select(model => Html.Cell(figure(model.Evaluation)))];
        yield return Row("accuracy", model => Figures.Percent(model.Accuracy.Value));
        if (models[0].Evaluation.AccuracyOverRuns is not null)
            yield return Row("mean ± deviation of runs", model => $"{Figures.Percent(model.AccuracyOverRuns!.Mean)} ± {Figures.Percent(model.AccuracyOverRuns.StandardDeviation)}");
        yield return Row("macro accuracy", model => Figures.Percent(model.MacroAccuracy));
        yield return Row("cross-entropy", model => Figures.Number(model.CrossEntropy));
        yield return Row("expected calibration error", model => Figures.Percent(model.CalibrationError));
        if (models.Any(model => model.Evaluation.PolarityAccuracy is not null))
            yield return Row("polarity accuracy", model => model.PolarityAccuracy is { } share ? Figures.Percent(share) : "-");
    }
}
