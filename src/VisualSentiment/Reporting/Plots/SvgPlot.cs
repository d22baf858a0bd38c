using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using VisualSentiment.Reporting;
using VisualSentiment.Reporting.Plots;

namespace VisualSentiment;

/// <summary>
/// A plot as SVG: curves, or points with intervals among categories. It grows with its place, is legible on light and on dark
/// ground (it follows the viewer's colour scheme), and names its figures in words for those who cannot see it.
/// </summary>
internal sealed class SvgPlot
{
    private const double Width = 380;
    private const double LineHeight = 250;
    private const int LettersOfCategory = 20;

    private readonly Func<PlotModel> _create;
    private readonly double _height;

    private SvgPlot(string title, string description, double height, Func<PlotModel> create)
    {
        Title = title;
        Description = description;
        _height = height;
        _create = create;
    }

    /// <summary>What the plot shows.</summary>
    public string Title { get; }

    /// <summary>The title and the figures in words, which stand in the SVG as its text alternative.</summary>
    public string Description { get; }

    /// <summary>Curves over a number, such as accuracy over epochs or over temperatures.</summary>
    /// <param name="title">What the plot shows.</param>
    /// <param name="horizontal">The title of the horizontal axis.</param>
    /// <param name="vertical">The title of the vertical axis.</param>
    /// <param name="series">The curves.</param>
    /// <param name="percent">Whether values are shares (0 to 1), written in percent.</param>
    /// <exception cref="ArgumentException">No curve has a finite point.</exception>
    public static SvgPlot Lines(string title, string horizontal, string vertical, IEnumerable<PlotSeries> series, bool percent = false)
    {
        PlotSeries[] curves = Finite(series);
        int[] colors = Colors(curves);
        return new SvgPlot(title, PlotWords.Describe(title, curves, percent), LineHeight, () =>
        {
            PlotModel plot = PlotShape.Empty(legend: curves.DistinctBy(curve => curve.Name).Count() > 1);
            LinearAxis across = PlotShape.Axis(AxisPosition.Bottom, PlotText.Clean(horizontal), percent: false);
            across.MinimumMajorStep = curves.All(curve => curve.Points.All(point => double.IsInteger(point.X))) ? 1 : 0;
            across.MinimumPadding = across.MaximumPadding = 0.04;
            across.MajorGridlineStyle = LineStyle.None;
            // Beside labels in percent, whose width is guessed too small, a title would lie on them.
            LinearAxis up = PlotShape.Axis(AxisPosition.Left, percent ? "" : PlotText.Clean(vertical), percent);
            PlotShape.Cover(up, curves);
            plot.Axes.Add(across);
            plot.Axes.Add(up);
            for (int i = 0; i < curves.Length; i++)
            {
                LineSeries line = PlotShape.Line(curves[i], colors[i], named: Array.FindIndex(curves, curve => curve.Name == curves[i].Name) == i);
                line.Points.AddRange(curves[i].Points.Select(point => new DataPoint(point.X, point.Y)));
                plot.Series.Add(PlotShape.Intervals(curves[i].Points.Select(point => (point.X, point)), colors[i], horizontal: false));
                plot.Series.Add(line);
            }
            return plot;
        });
    }

    /// <summary>Points with intervals, a row a category, such as the accuracies of several networks.</summary>
    /// <param name="title">What the plot shows.</param>
    /// <param name="horizontal">The title of the horizontal axis.</param>
    /// <param name="categories">The categories, from top to bottom.</param>
    /// <param name="series">Series whose points have the index of a category as X.</param>
    /// <param name="percent">Whether values are shares (0 to 1), written in percent.</param>
    /// <exception cref="ArgumentException">No series has a finite point, or an X is none of the categories.</exception>
    public static SvgPlot Categories(string title, string horizontal, IReadOnlyList<string> categories, IEnumerable<PlotSeries> series, bool percent = false)
    {
        ArgumentNullException.ThrowIfNull(categories);
        PlotSeries[] kinds = Finite(series);
        foreach (double index in kinds.SelectMany(kind => kind.Points).Select(point => point.X))
            if (!double.IsInteger(index) || index < 0 || index >= categories.Count)
                throw new ArgumentException($"{index} is the index of none of the {categories.Count} categories", nameof(series));
        int[] colors = Colors(kinds);
        string[] names = [.. kinds.Select(kind => kind.Name).Distinct()];
        // Series of one category lie side by side; the first is the topmost.
        double step = 0.6 / Math.Max(1, names.Length);
        double Along(int kind, PlotPoint point) => -point.X + step * ((names.Length - 1) / 2.0 - Array.IndexOf(names, kinds[kind].Name));
        double height = 58 + categories.Count * Math.Max(30, 16 * names.Length) + (names.Length > 1 ? 24 : 0);
        return new SvgPlot(title, PlotWords.Describe(title, kinds, percent, categories), height, () =>
        {
            PlotModel plot = PlotShape.Empty(legend: names.Length > 1);
            LinearAxis across = PlotShape.Axis(AxisPosition.Bottom, PlotText.Clean(horizontal), percent);
            PlotShape.Cover(across, kinds);
            if (percent)
                across.Minimum = 0;
            LinearAxis rows = PlotShape.Axis(AxisPosition.Left, "", percent: false);
            (rows.Minimum, rows.Maximum, rows.MajorStep) = (0.5 - categories.Count, 0.5, 1);
            rows.MajorGridlineStyle = LineStyle.None;
            rows.TextColor = PlotColor.Ink.StandIn;
            rows.LabelFormatter = value => PlotText.Clean(PlotText.Shorten(categories.ElementAtOrDefault((int)Math.Round(-value)) ?? "", LettersOfCategory));
            plot.Axes.Add(across);
            plot.Axes.Add(rows);
            for (int i = 0; i < kinds.Length; i++)
            {
                int kind = i;
                LineSeries dots = PlotShape.Line(kinds[i], colors[i], named: Array.FindIndex(kinds, other => other.Name == kinds[kind].Name) == i);
                dots.LineStyle = LineStyle.None;
                dots.MarkerSize = 4.5;
                dots.Points.AddRange(kinds[i].Points.Select(point => new DataPoint(point.Y, Along(kind, point))));
                plot.Series.Add(PlotShape.Intervals(kinds[i].Points.Select(point => (Along(kind, point), point)), colors[i], horizontal: true));
                plot.Series.Add(dots);
            }
            return plot;
        });
    }

    /// <summary>The plot to stand in a page that has its title and <see cref="PlotColor.StyleSheet"/>.</summary>
    public XElement ToElement()
    {
        XElement svg = SvgDrawing.Draw(_create(), Width, _height);
        svg.SetAttributeValue("aria-label", PlotText.Clean(Description));
        return svg;
    }

    private static PlotSeries[] Finite(IEnumerable<PlotSeries> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        PlotSeries[] finite = [.. series.Select(one => one with { Points = [.. one.Points.Where(PlotShape.IsFinite)] }).Where(one => one.Points.Count > 0)];
        return finite.Length > 0 ? finite : throw new ArgumentException("There is nothing to plot: no series has a finite point", nameof(series));
    }

    private static int[] Colors(PlotSeries[] series)
    {
        string[] names = [.. series.Select(one => one.Name).Distinct()];
        return [.. series.Select(one => one.Color ?? Array.IndexOf(names, one.Name))];
    }
}
