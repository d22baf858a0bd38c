using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;
using VisualSentiment.Imaging;

namespace VisualSentiment.Evaluation.Html;

/// <summary>
/// A small copy of an image, decoded and encoded anew, inside the page. Where there is none, a box that says why.
/// </summary>
internal static class Thumbnail
{
    private const int Side = 224;
    private const int Quality = 78;

    /// <summary>The bytes of a file; null for no path.</summary>
    /// <exception cref="UnreadableImageException">It is missing or cannot be read.</exception>
    public static byte[]? ReadFile(string? path)
    {
        if (path is null)
            return null;
        using PooledBytes bytes = ImageFile.Read(path);
        return bytes.Span.ToArray();
    }

    /// <param name="read">Gives the encoded image; null where there is none.</param>
    /// <param name="alternative">What it is, for those who cannot see it.</param>
    public static XElement Load(Func<byte[]?> read, string alternative)
    {
        try
        {
            if (read() is not { } encoded)
                return Placeholder("no image", alternative);
            using DecodedImage image = DecodedImage.Decode(encoded, alternative, neededSide: Side);
            var (jpeg, width, height) = Shrink(image.View);
            return new XElement("img", new XAttribute("alt", alternative), new XAttribute("width", width), new XAttribute("height", height),
                new XAttribute("src", $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}"));
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
        Markup.Element("div", "missing", new XAttribute("role", "img"), new XAttribute("aria-label", $"{alternative}: {reason}"), new XElement("span", reason));

    private static (byte[] Jpeg, int Width, int Height) Shrink(PixelView view)
    {
        double scale = Math.Min(1, (double)Side / Math.Max(view.Columns.Count, view.Rows.Count));
        int width = Math.Max(1, (int)Math.Round(scale * view.Columns.Count)), height = Math.Max(1, (int)Math.Round(scale * view.Rows.Count));
        byte[] pixels = new byte[3 * width * height];
        TriangleResampler.Resize(view, pixels, width, height);
        using var small = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using SKPixmap map = small.PeekPixels();
        Span<byte> target = map.GetPixelSpan<byte>();
        for (int i = 0; i < width * height; i++)
        {
            pixels.AsSpan(3 * i, 3).CopyTo(target[(4 * i)..]);
            target[4 * i + 3] = byte.MaxValue;
        }
        using SKData jpeg = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return (jpeg.ToArray(), width, height);
    }
}
