using System.Drawing;
using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>A picture that is looked at now and may be drawn on later.</summary>
internal abstract class ShownPicture
{
    // JPEGs are decoded at a fraction of their size where that still leaves this many pixels.
    private protected const int NeededSide = 1024;

    /// <summary>Reads the pixels that networks see; see <see cref="PixelPreprocessor"/>.</summary>
    public abstract RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels);

    /// <summary>The picture as it is shown, opaque RGBA; smaller where it is larger than <paramref name="longestSide"/>.</summary>
    public SKBitmap Draw(int longestSide)
    {
        SKBitmap bitmap = Decode();
        double scale = (double)longestSide / Math.Max(bitmap.Width, bitmap.Height);
        if (scale >= 1)
            return bitmap;
        using (bitmap)
            return bitmap.Resize(bitmap.Info.WithSize(Math.Max(1, (int)Math.Round(scale * bitmap.Width)), Math.Max(1, (int)Math.Round(scale * bitmap.Height))),
                SKFilterQuality.High);
    }

    private protected abstract SKBitmap Decode();

    private protected static SKBitmap Copy(PixelView view)
    {
        var bitmap = new SKBitmap(view.Width, view.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKPixmap map = bitmap.PeekPixels();
        Span<byte> pixels = map.GetPixelSpan<byte>();
        for (int row = 0; row < view.Height; row++)
        {
            Span<byte> line = pixels.Slice(row * bitmap.RowBytes, 4 * view.Width);
            view.CopyRow(row, line);
            for (int i = 3; i < line.Length; i += 4)
                line[i] = byte.MaxValue;
        }
        return bitmap;
    }

    private protected static SKBitmap Decode(ReadOnlySpan<byte> encoded, string name)
    {
        using var picture = DecodedPicture.Decode(encoded, name, NeededSide);
        return Copy(picture.View);
    }
}
