using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace PaperTables;

/// <summary>Accuracy against parameters: what a network's size buys.</summary>
internal static class SizePlot
{
    public const string File = "accuracy-parameters.svg";

    public static string Draw(PaperReport report)
    {
        var plot = PlotStyle.Create("Accuracy and size", new LogarithmicAxis
        {
            Title = "parameters in millions",
            Minimum = 0.03,
            Maximum = 3000,
            LabelFormatter = value => value.ToString("#,0.###", CultureInfo.InvariantCulture),
        });
        // One point for all temperatures, as in the paper's text.
        TableRow[] shown = [.. report.Split.Rows.Where(row => row.Temperature is null or 4)];
        Add(plot, $"here: {report.Data}", PlotStyle.Here, shown.Where(row => row.Accuracy is not null && ReportTables.Cost(report, row) is not null)
            .Select(row => (row.Name, (ReportTables.Cost(report, row)!.WithStatistics ?? ReportTables.Cost(report, row)!.Trainable) / 1e6, row.Accuracy!.Value)));
        Add(plot, "the paper: ArtPhoto", PlotStyle.Paper, shown.Select(row => (row.Name, Figures: PaperFigures.Of(row)))
            .Where(row => row.Figures is { ParametersInMillions: not null, Accuracy: not null })
            .Select(row => (row.Name, row.Figures.ParametersInMillions!.Value, row.Figures.Accuracy!.Value)));
        return PlotStyle.ToSvg(plot);
    }

    private static void Add(PlotModel plot, string title, OxyColor color, IEnumerable<(string Name, double Millions, double Accuracy)> networks)
    {
        var series = new ScatterSeries { Title = title, MarkerType = MarkerType.Circle, MarkerFill = color, MarkerSize = 4.5 };
        foreach (var (name, millions, accuracy) in networks)
        {
            // A name stands above its point, and below where another's would be in its way.
            bool below = series.Points.Any(other => Math.Abs(Math.Log10(other.X / millions)) < 0.5 && Math.Abs(other.Y - 100 * accuracy) < 3);
            series.Points.Add(new ScatterPoint(millions, 100 * accuracy));
            plot.Annotations.Add(new TextAnnotation
            {
                Text = name,
                TextPosition = new DataPoint(millions, 100 * accuracy),
                TextVerticalAlignment = below ? VerticalAlignment.Top : VerticalAlignment.Bottom,
                Offset = new ScreenVector(0, below ? 5 : -5),
                FontSize = 11,
                TextColor = color,
                StrokeThickness = 0,
            });
        }
        plot.Series.Add(series);
    }
}
