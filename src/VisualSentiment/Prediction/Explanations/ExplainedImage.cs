using System.Drawing;
using Microsoft.ML.Data;
using SkiaSharp;
using VisualSentiment.Imaging;

namespace VisualSentiment.Prediction.Explanations;

/// <summary>An image that is looked at now and may be drawn on later.</summary>
internal abstract class ExplainedImage
{
    // JPEGs are decoded at a fraction of their size where that still leaves this many pixels.
    private protected const int NeededSide = 1024;

    /// <summary>Reads the pixels that networks see; see <see cref="PixelPreprocessor"/>.</summary>
    public abstract RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels);

    /// <summary>The image as it is shown, opaque RGBA; smaller where it is larger than <paramref name="longestSide"/>.</summary>
    public abstract SKBitmap Draw(int longestSide);

    private protected static SKBitmap Draw(ReadOnlySpan<byte> encoded, string name, int longestSide, ImageLimits? limits)
    {
        using var image = DecodedImage.Decode(encoded, name, NeededSide, limits);
        return Draw(image.View, longestSide);
    }

    private protected static SKBitmap Draw(PixelView view, int longestSide)
    {
        double scale = Math.Min(1, (double)longestSide / Math.Max(view.Width, view.Height));
        int width = Math.Max(1, (int)Math.Round(scale * view.Width));
        int height = Math.Max(1, (int)Math.Round(scale * view.Height));
        var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKPixmap map = bitmap.PeekPixels();
        // Large images are reduced row by row, since there is no memory for a second copy of them.
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

/// <summary>The content of an image file.</summary>
internal sealed class ExplainedBytes(byte[] encoded, ImageLimits? limits) : ExplainedImage
{
    private const string Name = PixelPreprocessor.EncodedImage;

    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(encoded, pixels, Name);

    public override SKBitmap Draw(int longestSide) => Draw(encoded, Name, longestSide, limits);
}

/// <summary>An image file, which is read again for the overlay.</summary>
internal sealed class ExplainedFile(string path, ImageLimits? limits) : ExplainedImage
{
    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(path, pixels);

    public override SKBitmap Draw(int longestSide)
    {
        using var encoded = ImageFile.Read(path, limits);
        return Draw(encoded.Span, path, longestSide, limits);
    }
}

/// <summary>A copy of a decoded image, so that the caller can dispose the image.</summary>
internal sealed class ExplainedPixels(MLImage image) : ExplainedImage
{
    private readonly byte[] _pixels = image.Pixels.ToArray();
    private readonly (int Width, int Height, PixelEncoding Encoding) _format = (image.Width, image.Height, PixelPreprocessor.EncodingOf(image));

    private PixelView View => new(_pixels, _format.Width, _format.Height, _format.Encoding);

    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(View, pixels);

    public override SKBitmap Draw(int longestSide) => Draw(View, longestSide);
}
