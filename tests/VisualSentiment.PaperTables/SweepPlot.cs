using OxyPlot;
using OxyPlot.Axes;

namespace PaperTables;

/// <summary>Accuracy over temperatures, the paper's curve beside this library's.</summary>
internal static class SweepPlot
{
    public const string File = "temperature-sweep.svg";

    public static string Draw(PaperReport report)
    {
        var plot = PlotStyle.Create("Accuracy of the distilled student by temperature", new LinearAxis { Title = "temperature", MajorStep = 1, MinimumPadding = 0.05, MaximumPadding = 0.05 });
        var (name, rows) = report.Folds is null ? ("here", report.Split.Rows) : ($"here, {report.Folds.Name}", report.Folds.Rows);
        TableRow[] students = [.. rows.Where(row => row is { Temperature: not null, Accuracy: not null }).OrderBy(row => row.Temperature)];
        double first = students.Select(row => row.Temperature!.Value).DefaultIfEmpty(3).Min(), last = students.Select(row => row.Temperature!.Value).DefaultIfEmpty(8).Max();
        plot.Series.Add(PlotStyle.Curve($"{name}: {report.Data}", PlotStyle.Here, students.Select(row => new DataPoint(row.Temperature!.Value, 100 * row.Accuracy!.Value))));
        foreach (var (key, title, style) in ((string, string, LineStyle)[])[(RowKeys.HardLabels, "here: hard labels", LineStyle.Dash), (RowKeys.Teacher, "here: teacher", LineStyle.Dot)])
            if (rows.FirstOrDefault(row => row.Key == key) is { Accuracy: { } accuracy })
                plot.Series.Add(PlotStyle.Curve(title, PlotStyle.Here, [new(first, 100 * accuracy), new(last, 100 * accuracy)], style, MarkerType.None));
        plot.Series.Add(PlotStyle.Curve("the paper: ArtPhoto", PlotStyle.Paper, PaperFigures.Sweep.Select(point => new DataPoint(point.Temperature, 100 * point.Accuracy))));
        return PlotStyle.ToSvg(plot);
    }
}
