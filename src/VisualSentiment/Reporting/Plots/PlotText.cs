using System.Globalization;
using System.Text;
using System.Xml;

namespace VisualSentiment.Reporting.Plots;

/// <summary>Text from outside, such as the names of classes and files, made fit for XML and for the room there is.</summary>
internal static class PlotText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text without the characters that XML cannot hold; each becomes U+FFFD.</summary>
    public static string Clean(string text)
    {
        bool whole = true;
        for (int i = 0; whole && i < text.Length; i++)
            whole = XmlConvert.IsXmlChar(text[i]);
        if (whole)
            return text;
        var clean = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                clean.Append(text[i]).Append(text[++i]);
            else
                clean.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : Replacement);
        }
        return clean.ToString();
    }

    /// <summary>At most so many letters, the last an ellipsis where some are left out.</summary>
    public static string Shorten(string text, int letters)
    {
        var elements = new StringInfo(text);
        return elements.LengthInTextElements <= letters ? text : elements.SubstringByTextElements(0, letters - 1) + "…";
    }
}
