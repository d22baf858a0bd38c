using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>Elements of a page. Text is escaped when it is written.</summary>
internal static partial class Markup
{
    private static readonly string[] VoidElements = ["meta", "img", "br"];

    public static XElement Element(string name, string? style, params object?[] content) =>
        new(name, style is null ? null : new XAttribute("class", style), content);

    /// <summary>A name from the data, isolated so that its text direction does not affect the text around it.</summary>
    public static XElement Name(string name) => new("bdi", name);

    /// <summary>A table that scrolls if it is wider than the page. The first cell of each row is its title.</summary>
    public static XElement Table(string caption, string style, IEnumerable<object> head,
        IEnumerable<IEnumerable<XElement>> rows) =>
        Element("div", "scroll", new XAttribute("tabindex", "0"), new XAttribute("role", "region"),
            new XAttribute("aria-label", caption),
            Element("table", style,
                new XElement("caption", caption),
                new XElement("thead", new XElement("tr",
                    head.Select(title => new XElement("th", new XAttribute("scope", "col"), title)))),
                new XElement("tbody", rows.Select(cells => new XElement("tr", cells)))));

    public static IEnumerable<XElement> Row(object title, params XElement[] cells) =>
        [new XElement("th", new XAttribute("scope", "row"), title), .. cells];

    public static XElement Cell(object content) => new("td", content);

    /// <summary>A share (0 to 1) with a bar in a color; a dash if it is unknown.</summary>
    public static XElement Bar(double? share, int color) => share is { } known
        ? Element("td", $"bar k{color}", Share(known), Format.Percent(known))
        : Element("td", "none", "-");

    /// <summary>Passes a share to the style sheet.</summary>
    public static XAttribute Share(double share) =>
        new("style", string.Create(CultureInfo.InvariantCulture, $"--v:{share:0.###}"));

    /// <summary>The text with minus signs, and without a line break in "95% interval" and "+1.0 to +2.0".</summary>
    public static string Typeset(string text) => Range().Replace(Hyphen().Replace(text, "\u2212"), "\u00A0to\u00A0")
        .Replace("95% interval", "95%\u00A0interval", StringComparison.Ordinal);

    /// <summary>Typeset text with code elements for the parts in backticks.</summary>
    public static IEnumerable<object> Rich(string text) => text.Split('`').Select((part, i) =>
        i % 2 == 0 ? (object)Typeset(part) : new XElement("code", part));

    /// <summary>Writes a page, which is also well-formed XML.</summary>
    public static void WritePage(Stream stream, XElement page)
    {
        foreach (XText text in page.DescendantNodes().OfType<XText>().ToArray())
            text.Value = Clean(text.Value);
        foreach (XAttribute attribute in page.DescendantsAndSelf().Attributes())
            attribute.Value = Clean(attribute.Value);
        // HTML needs an end tag for empty elements other than these.
        foreach (XElement element in page.Descendants()
            .Where(element => element.IsEmpty && !VoidElements.Contains(element.Name.LocalName)).ToArray())
            element.Value = "";

        using var writer = XmlWriter.Create(stream, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            OmitXmlDeclaration = true,
            NewLineChars = "\n",
        });
        writer.WriteDocType("html", null, null, null);
        page.WriteTo(writer);
    }

    /// <summary>The text with U+FFFD in place of characters that XML does not allow.</summary>
    public static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune));

    [GeneratedRegex(@"(?<![\w\-])-(?=\d)")]
    private static partial Regex Hyphen();

    [GeneratedRegex(@"(?<=\d%?) to (?=[+\u2212]?\d)")]
    private static partial Regex Range();
}
