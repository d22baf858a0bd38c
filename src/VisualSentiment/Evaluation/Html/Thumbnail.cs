using System.Xml.Linq;
using SkiaSharp;
using VisualSentiment.Imaging;

namespace VisualSentiment.Evaluation.Html;

/// <summary>An embedded small JPEG of an image, or a box with the reason if it cannot be read.</summary>
internal static class Thumbnail
{
    private const int Side = 224;
    private const int Quality = 78;

    /// <summary>The bytes of a file; null for no path.</summary>
    /// <exception cref="UnreadableImageException">The file is missing or cannot be read.</exception>
    public static byte[]? ReadFile(string? path)
    {
        if (path is null)
            return null;
        using PooledBytes bytes = ImageFile.Read(path);
        return bytes.Span.ToArray();
    }

    /// <param name="read">Returns the encoded image; null for none.</param>
    /// <param name="alternative">The alternative text.</param>
    public static XElement Load(Func<byte[]?> read, string alternative)
    {
        try
        {
            if (read() is not { } encoded)
                return Placeholder("no image", alternative);
            using DecodedImage image = DecodedImage.Decode(encoded, alternative, neededSide: Side);
            using SKBitmap small = ShrunkBitmap.Create(image.View, Side);
            using SKData jpeg = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
            return new XElement("img", new XAttribute("alt", alternative), new XAttribute("width", small.Width),
                new XAttribute("height", small.Height),
                new XAttribute("src", $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg.Span)}"));
        }
        catch (UnreadableImageException e)
        {
            return Placeholder(e.Reason, alternative);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Placeholder(e.Message, alternative);
        }
    }

    private static XElement Placeholder(string reason, string alternative) =>
        Markup.Element("div", "missing", new XAttribute("role", "img"),
        new XAttribute("aria-label", $"{alternative}: {reason}"), new XElement("span", reason));
}
