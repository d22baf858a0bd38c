using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>The accuracies of students that were distilled at several temperatures.</summary>
internal sealed class TemperatureSection : IReportSection
{
    public string Title => "Temperature";

    public IEnumerable<XElement> Render(ReportContent content)
    {
        if (content.Options.TemperatureSweep is not { Count: > 0 } sweep)
            yield break;
        double from = sweep.Keys.Min(), to = sweep.Keys.Max();
        yield return Html.Element("div", "plots", Html.Plot(SvgPlot.Lines("Accuracy by temperature", "temperature", "accuracy",
        [
            // A lone temperature has no line to compare with.
            .. from == to ? [] : content.Models.Where(model => model.Role != "student").Select(model =>
                new PlotSeries(model.Role, [new(from, model.Evaluation.Accuracy.Value), new(to, model.Evaluation.Accuracy.Value)]) { Color = model.Color, Dashed = true }),
            new PlotSeries("student", [.. sweep.OrderBy(pair => pair.Key).Select(pair => PlotPoint.Of(pair.Key, pair.Value))]) { Color = 0 },
        ], percent: true)));
    }
}
