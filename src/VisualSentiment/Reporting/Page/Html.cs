using System.Globalization;
using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>Elements of a page. Text is escaped when it is written, so whatever stands in it stays text.</summary>
internal static class Html
{
    public static XElement Element(string name, string? style, params object?[] content) =>
        new(name, style is null ? null : new XAttribute("class", style), content);

    /// <summary>A name from outside: isolated, so that its direction of writing does not reach its neighbours.</summary>
    public static XElement Name(string name) => new("bdi", name);

    /// <summary>A table that scrolls by itself where it is wider than the page.</summary>
    /// <param name="caption">What is in it; read to those who cannot see it.</param>
    /// <param name="style">The class of the table.</param>
    /// <param name="head">The titles of the columns.</param>
    /// <param name="rows">Rows of cells; the first of each is its title.</param>
    public static XElement Table(string caption, string style, IEnumerable<object> head, IEnumerable<IEnumerable<XElement>> rows) =>
        Element("div", "scroll", new XAttribute("tabindex", "0"), new XAttribute("role", "region"), new XAttribute("aria-label", caption),
            Element("table", style,
                new XElement("caption", caption),
                new XElement("thead", new XElement("tr", head.Select(title => new XElement("th", new XAttribute("scope", "col"), title)))),
                new XElement("tbody", rows.Select(cells => new XElement("tr", cells)))));

    /// <summary>The title of a row.</summary>
    public static XElement RowTitle(params object[] content) => new("th", new XAttribute("scope", "row"), content);

    public static XElement Cell(object content) => new("td", content);

    /// <summary>A share of 0 to 1 with a bar below it; a dash where it is not known.</summary>
    /// <param name="share">The share.</param>
    /// <param name="color">The position of the bar's colour.</param>
    public static XElement Bar(double? share, int color) => share is { } known
        ? Element("td", $"bar k{color}", Share(known), Figures.Percent(known))
        : Element("td", "none", "-");

    /// <summary>Hands a share to the style sheet.</summary>
    public static XAttribute Share(double share) => new("style", string.Create(CultureInfo.InvariantCulture, $"--v:{share:0.###}"));

    /// <summary>A plot with its title.</summary>
    public static XElement Plot(SvgPlot plot) => new("figure", new XElement("figcaption", plot.Title), plot.ToElement());
}
