using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Evaluation.Html;

/// <summary>Elements of a page. Text is escaped when it is written, so whatever stands in it stays text.</summary>
internal static partial class Markup
{
    public static XElement Element(string name, string? style, params object?[] content) =>
        new(name, style is null ? null : new XAttribute("class", style), content);

    /// <summary>A name from outside: isolated, so that its direction of writing does not reach its neighbors.</summary>
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
    /// <param name="color">The position of the bar's color.</param>
    public static XElement Bar(double? share, int color) => share is { } known
        ? Element("td", $"bar k{color}", Share(known), Format.Percent(known))
        : Element("td", "none", "-");

    /// <summary>Hands a share to the style sheet.</summary>
    public static XAttribute Share(double share) => new("style", string.Create(CultureInfo.InvariantCulture, $"--v:{share:0.###}"));

    /// <summary>The text with minus signs, and without a line break in "95% interval".</summary>
    public static string Typeset(string text) =>
        Hyphen().Replace(text, "\u2212").Replace("95% interval", "95%\u00A0interval", StringComparison.Ordinal);

    /// <summary>The text with U+FFFD in place of characters that XML does not allow.</summary>
    public static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune));

    [GeneratedRegex(@"(?<![\w\-])-(?=\d)")]
    private static partial Regex Hyphen();
}
