using System.Globalization;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>A point of a plot, with the confidence interval of its vertical coordinate, or null.</summary>
internal readonly record struct PlotPoint(double X, double Y, IntervalEstimate? Interval = null);

/// <summary>A line of a plot. Lines with the same name share an entry in the legend.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Points">The finite points, from left to right.</param>
/// <param name="Color">The number n of the CSS class kn, which selects color and marker.</param>
/// <param name="Dashed">Whether the line is dashed.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points, int Color, bool Dashed = false);

/// <summary>
/// Plots as HTML figures with inline SVG. Colors are classes of report.css, which has a light and a dark scheme. The
/// legend is HTML, so that it wraps on narrow screens.
/// </summary>
internal static class SvgPlot
{
    /// <summary>The color of reference lines, which have no markers.</summary>
    public const int Reference = 3;

    // A square, a triangle, a line for references, and a diamond.
    private static readonly string[] Shapes = ["m-3.5-3.5h7v7h-7z", "m0-4.5l4.5 8h-9z", "", "m0-5l5 5l-5 5l-5-5z"];

    private const double Width = 380;
    private const double LetterWidth = 6.8;
    private const int MaxMarkers = 20;
    private const int MaxListedPoints = 8;

    /// <summary>Lines over a horizontal axis.</summary>
    /// <param name="title">The caption, which names the vertical axis.</param>
    /// <param name="horizontal">The title of the horizontal axis.</param>
    /// <param name="series">The lines; at least one, each with at least one point.</param>
    /// <param name="percentX">Whether horizontal coordinates are shares (0 to 1), labeled in percent.</param>
    /// <param name="percentY">Whether vertical coordinates are shares.</param>
    public static XElement Lines(string title, string horizontal, IReadOnlyList<PlotSeries> series, bool percentX,
        bool percentY)
    {
        const double Height = 240, Top = 10, Bottom = Height - 40;
        PlotPoint[] points = [.. series.SelectMany(line => line.Points)];
        var x = PlotAxis.Within(points.Select(point => point.X), percentX);
        var y = PlotAxis.Around(points.SelectMany(Extent), percentY);
        double left = LetterWidth * y.Ticks.Max(tick => y.Label(tick).Length) + 12, right = Width - 16;
        double X(double value) => x.Position(value, left + 8, right);
        double Y(double value) => y.Position(value, Bottom, Top);

        var content = new List<XElement>();
        foreach (double tick in y.Ticks)
        {
            content.Add(Line("grid", left, Y(tick), right + 8, Y(tick)));
            content.Add(Text(left - 6, Y(tick) + 4, "end", y.Label(tick)));
        }
        content.AddRange(x.Ticks.Select(tick => Text(X(tick), Bottom + 18, "middle", x.Label(tick))));
        content.Add(Text((left + right) / 2, Height - 4, "middle", horizontal));
        foreach (PlotSeries line in series)
        {
            content.Add(new XElement("polyline", new XAttribute("class", Style(line)),
                new XAttribute("points",
                    string.Join(' ', line.Points.Select(point => $"{Number(X(point.X))},{Number(Y(point.Y))}")))));
            foreach (PlotPoint point in line.Points)
            {
                if (point.Interval is { } interval)
                    content.Add(Line($"k{line.Color} line", X(point.X), Y(interval.Lower), X(point.X),
                        Y(interval.Upper)));
                if (HasMarkers(line))
                    content.Add(Marker(line.Color, X(point.X), Y(point.Y)));
            }
        }
        PlotSeries[] legend = [.. series.DistinctBy(line => line.Name)];
        return Figure(title, string.Join(' ', series.Select(line => Describe(line, x, y))), Height, content,
            legend.Length < 2 ? null : Markup.Element("div", "legend", legend.Select(LegendEntry)));
    }

    /// <summary>A row per share, with its interval along the horizontal axis, in percent.</summary>
    /// <param name="title">The caption.</param>
    /// <param name="rows">The names, colors and shares of the rows, from top to bottom.</param>
    /// <param name="reference">The share to mark with a dashed line.</param>
    public static XElement Intervals(string title, IReadOnlyList<(string Name, int Color, IntervalEstimate Share)> rows,
        double reference)
    {
        const double RowHeight = 30;
        double bottom = RowHeight * rows.Count + 4, left = LetterWidth * rows.Max(row => row.Name.Length) + 14,
            right = Width - 20;
        var x = PlotAxis.Around(rows.SelectMany(row => Extent(new PlotPoint(0, row.Share.Value, row.Share)))
            .Append(reference), percent: true, maxSteps: 5);
        double X(double value) => x.Position(value, left + 8, right);

        var content = new List<XElement>();
        foreach (double tick in x.Ticks)
        {
            content.Add(Line("grid", X(tick), 4, X(tick), bottom));
            content.Add(Text(X(tick), bottom + 16, "middle", x.Label(tick)));
        }
        content.Add(Line($"k{Reference} line dashed", X(reference), 4, X(reference), bottom));
        foreach (var ((name, color, share), i) in rows.Select((row, i) => (row, i)))
        {
            double y = RowHeight * (i + 0.5) + 4;
            content.Add(Text(left - 6, y + 4, "end", name));
            content.Add(Line($"k{color} line", X(share.Lower), y, X(share.Upper), y));
            content.Add(Marker(color, X(share.Value), y));
        }
        string description = string.Join(' ', rows.Select(row =>
            $"{row.Name}: {Format.Percent(row.Share.Value)}, from {Format.Percent(row.Share.Lower)} "
            + $"to {Format.Percent(row.Share.Upper)}."));
        return Figure(title, description, bottom + 22, content, legend: null);
    }

    private static XElement Figure(string title, string description, double height, IEnumerable<XElement> content,
        XElement? legend) =>
        new("figure", new XElement("figcaption", Markup.Typeset(title)), legend,
            Markup.Element("svg", "plot", new XAttribute("viewBox", $"0 0 {Number(Width)} {Number(height)}"),
                new XAttribute("role", "img"),
                new XElement("title", title), new XElement("desc", description), content));

    private static XElement LegendEntry(PlotSeries line) => new("span",
        Markup.Element("svg", "plot", new XAttribute("viewBox", "0 0 28 12"), new XAttribute("aria-hidden", "true"),
            Line(Style(line), 0, 6, 28, 6), HasMarkers(line) ? Marker(line.Color, 14, 6) : null),
        line.Name);

    // Markers would hide dashes, and many markers the line.
    private static bool HasMarkers(PlotSeries line) => line.Points.Count == 1
        || !line.Dashed && line.Color != Reference && line.Points.Count <= MaxMarkers;

    private static string Style(PlotSeries line) => $"k{line.Color} line{(line.Dashed ? " dashed" : "")}";

    // Different shapes, so that models can be distinguished without colors.
    private static XElement Marker(int color, double x, double y) => color == 0
        ? new XElement("circle", new XAttribute("class", "k0 mark"), Coordinate("cx", x), Coordinate("cy", y),
            Coordinate("r", 4))
        : new XElement("path", new XAttribute("class", $"k{color} mark"), new XAttribute("d",
            $"M{Number(x)} {Number(y)}{Shapes[Math.Min(color, Shapes.Length) - 1]}"));

    private static XElement Line(string style, double x1, double y1, double x2, double y2) =>
        Markup.Element("line", style,
        Coordinate("x1", x1), Coordinate("y1", y1), Coordinate("x2", x2), Coordinate("y2", y2));

    private static XElement Text(double x, double y, string anchor, string text) =>
        new("text", Coordinate("x", x), Coordinate("y", y), new XAttribute("text-anchor", anchor), text);

    private static XAttribute Coordinate(string name, double value) => new(name, Number(value));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static IEnumerable<double> Extent(PlotPoint point) =>
        point.Interval is { } interval ? [point.Y, interval.Lower, interval.Upper] : [point.Y];

    private static string Describe(PlotSeries line, PlotAxis x, PlotAxis y)
    {
        string Point(PlotPoint point) => $"{x.Value(point.X)}: {y.Value(point.Y)}";
        return line.Points.Count <= MaxListedPoints
            ? $"{line.Name}: {string.Join(", ", line.Points.Select(Point))}."
            : $"{line.Name}: {line.Points.Count} points, {Point(line.Points[0])} to {Point(line.Points[^1])}, "
                + $"lowest {y.Value(line.Points.Min(point => point.Y))}, "
                + $"highest {y.Value(line.Points.Max(point => point.Y))}.";
    }
}
