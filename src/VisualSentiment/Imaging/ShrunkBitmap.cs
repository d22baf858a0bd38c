using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>Converts an image to an opaque RGBA bitmap whose longest side has at most a number of pixels.</summary>
internal static class ShrunkBitmap
{
    public static SKBitmap Create(PixelView view, int longestSide)
    {
        double scale = Math.Min(1, (double)longestSide / Math.Max(view.Width, view.Height));
        int width = Math.Max(1, (int)Math.Round(scale * view.Width)),
            height = Math.Max(1, (int)Math.Round(scale * view.Height));
        var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKPixmap map = bitmap.PeekPixels();
        byte[] rgb = new byte[scale < 1 ? 3 * width * height : 0];
        if (scale < 1)
            TriangleResampler.Resize(view, rgb, width, height);
        for (int row = 0; row < height; row++)
        {
            Span<byte> line = map.GetPixelSpan<byte>().Slice(row * bitmap.RowBytes, 4 * width);
            if (scale == 1)
                view.CopyRow(row, line);
            for (int x = 0; x < width; x++)
            {
                if (scale < 1)
                    rgb.AsSpan(3 * (row * width + x), 3).CopyTo(line[(4 * x)..]);
                line[4 * x + 3] = byte.MaxValue;
            }
        }
        return bitmap;
    }
}
