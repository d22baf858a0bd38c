using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace VisualSentiment.Tool.Video;

/// <summary>Draws a timeline as an SVG image: stacked areas of the smoothed probabilities, with a legend.</summary>
internal static class TimelineImage
{
    private const double Left = 56, Top = 48, Across = 800, MinDown = 300, Bottom = 48, Gap = 24, Row = 24, Letter = 8;
    private const int MaxTicks = 10;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    // Seconds between the labels of the time axis.
    private static readonly double[] Steps =
        [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400];

    public static XDocument Create(Timeline timeline, string title)
    {
        int classes = timeline.Classes.Count;
        double down = Math.Max(MinDown, Row * classes);
        string[] names = [.. timeline.Classes.Zip(timeline.Means, (name, mean) =>
            FormattableString.Invariant($"{Printable(name)} {mean:0%}"))];
        double width = Left + Across + Gap + Row + Letter * names.Max(name => name.Length) + Gap;
        double height = Top + down + Bottom;
        double start = timeline.Start;
        // One frame becomes an area, too.
        double end = Math.Max(timeline.End, start + 0.1);
        double X(double time) => Left + Across * (time - start) / (end - start);
        double Y(double share) => Top + down * (1 - share);

        string label = $"Emotions over time: {Printable(title)}";
        XElement image = Element("svg", ("viewBox", $"0 0 {Number(width)} {Number(height)}"), ("width", Number(width)),
            ("height", Number(height)), ("role", "img"), ("font-family", "system-ui, sans-serif"), ("font-size", "14"),
            ("fill", "#222"));
        image.Add(new XElement(Svg + "title", label),
            Element("rect", ("width", "100%"), ("height", "100%"), ("fill", "#fff")),
            Text(label, Left, Top - 20, "start", ("font-size", "16"), ("font-weight", "600")));
        double[] times = [start, .. timeline.Points.Select(point => point.Time), end];
        // The first class is at the top, as in the legend.
        double[] upper = [.. timeline.Points.Select(_ => 1.0)];
        for (int index = 0; index < classes; index++)
        {
            double[] lower = [.. timeline.Points.Select((point, i) => upper[i] - point.Probabilities[index])];
            double legend = Top + Row * index;
            image.Add(
                Element("path", ("d", Area(times, X, Y, upper, lower)), ("fill", Palette.ColorOf(index)),
                    ("stroke", "#fff"), ("stroke-width", "0.5")),
                Element("rect", ("x", Number(Left + Across + Gap)), ("y", Number(legend)), ("width", "16"),
                    ("height", "16"), ("fill", Palette.ColorOf(index))),
                Text(names[index], Left + Across + Gap + Row, legend + 13, "start"));
            upper = lower;
        }
        foreach (double share in (double[])[0, 0.25, 0.5, 0.75, 1])
            image.Add(Line(Left, Y(share), Left + Across, Y(share)),
                Text(share.ToString("0%", CultureInfo.InvariantCulture), Left - 8, Y(share) + 5, "end"));
        double step = Steps.FirstOrDefault(seconds => (end - start) / seconds <= MaxTicks, Steps[^1]);
        for (double tick = Math.Ceiling(start / step) * step; tick <= end + 1e-6; tick += step)
            image.Add(Line(X(tick), Top + down, X(tick), Top + down + 5, opacity: 1),
                Text(VideoTime.Format(tick, step < 1 ? 1 : 0), X(tick), Top + down + 22, "middle"));
        return new XDocument(image);
    }

    // The shares at the first and last time are those of the next point.
    private static string Area(
        double[] times, Func<double, double> x, Func<double, double> y, double[] upper, double[] lower)
    {
        var path = new StringBuilder();
        void Add(int time, double[] shares) => path.Append(path.Length == 0 ? 'M' : 'L').Append(Number(x(times[time])))
            .Append(' ').Append(Number(y(shares[Math.Clamp(time - 1, 0, shares.Length - 1)])));
        for (int time = 0; time < times.Length; time++)
            Add(time, upper);
        for (int time = times.Length - 1; time >= 0; time--)
            Add(time, lower);
        return path.Append('Z').ToString();
    }

    private static XElement Line(double x1, double y1, double x2, double y2, double opacity = 0.25) => Element("line",
        ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)), ("stroke", "#222"),
        ("stroke-opacity", Number(opacity)));

    private static XElement Text(string text, double x, double y, string anchor,
        params (string Name, string Value)[] attributes)
    {
        XElement element =
            Element("text", [("x", Number(x)), ("y", Number(y)), ("text-anchor", anchor), .. attributes]);
        element.Value = text;
        return element;
    }

    private static XElement Element(string name, params (string Name, string Value)[] attributes) =>
        new(Svg + name, attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value)));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    // XML has no control characters.
    private static string Printable(string text) => string.Concat(text.Where(letter => !char.IsControl(letter)));
}
