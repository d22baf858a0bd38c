using System.Globalization;
using System.Xml.Linq;
using OxyPlot;

namespace VisualSentiment.Reporting.Plots;

/// <summary>Makes SVG of a plot that grows and shrinks with its place, and takes its colours from CSS.</summary>
internal static class SvgDrawing
{
    public static XElement Draw(PlotModel plot, double width, double height)
    {
        var exporter = new SvgExporter { Width = width, Height = height, IsDocument = false, UseVerticalTextAlignmentWorkaround = true, TextMeasurer = new TextMeasure() };
        XElement drawn = XElement.Parse(exporter.ExportToString(plot));
        return new XElement("svg",
            new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}")),
            new XAttribute("role", "img"),
            drawn.Elements().SelectMany(Flatten));
    }

    // What clips has an id, and the ids of several plots in one page would clash. Nothing reaches beyond the axes here.
    private static IEnumerable<XElement> Flatten(XElement element) => element.Name.LocalName switch
    {
        "defs" => [],
        "g" => element.Elements().SelectMany(Flatten),
        _ => IsVisible(element) ? [Recolor(element)] : [],
    };

    private static bool IsVisible(XElement element) =>
        element.Name.LocalName == "text" || !Styles(element).All(style => style is not (("fill" or "stroke"), not "none"));

    private static XElement Recolor(XElement element)
    {
        List<string> classes = [], styles = [];
        foreach (var (name, value) in Styles(element))
        {
            if (name is "fill" or "stroke" && PlotColor.Find(value) is { } color)
                classes.Add($"{name[0]}-{color.Name}");
            else
                styles.Add($"{name}:{value}");
        }
        IEnumerable<XAttribute> kept = element.Attributes().Where(attribute => attribute.Name.LocalName is not ("style" or "fill" or "dominant-baseline" or "font-family"));
        return new XElement(element.Name.LocalName, kept,
            classes.Count > 0 ? new XAttribute("class", string.Join(' ', classes)) : null,
            styles.Count > 0 ? new XAttribute("style", string.Join(';', styles)) : null,
            element.Nodes().OfType<XText>());
    }

    private static IEnumerable<(string Name, string Value)> Styles(XElement element)
    {
        if ((string?)element.Attribute("fill") is { } fill)
            yield return ("fill", fill);
        foreach (string style in ((string?)element.Attribute("style") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
            if (style.Split(':', 2) is [var name, var value])
                yield return (name.Trim(), value.Trim());
    }
}
