using System.Drawing;
using Microsoft.ML.Data;
using SkiaSharp;
using VisualSentiment.Imaging;

namespace VisualSentiment.Prediction.Explanations;

/// <summary>The image of an evidence map, which is decoded for the prediction and again for an overlay.</summary>
internal abstract class ExplainedImage
{
    // JPEGs are decoded at a fraction of their size if it has at least this many pixels.
    private protected const int NeededSide = 1024;

    /// <summary>Reads the input of the network; see <see cref="PixelPreprocessor"/>.</summary>
    public abstract RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels);

    /// <summary>The image as shown, reduced to at most <paramref name="longestSide"/>.</summary>
    public abstract SKBitmap Draw(int longestSide);

    private protected static SKBitmap Draw(ReadOnlySpan<byte> encoded, string name, int longestSide,
        ImageLimits? limits)
    {
        using var image = DecodedImage.Decode(encoded, name, NeededSide, limits);
        return ShrunkBitmap.Create(image.View, longestSide);
    }
}

internal sealed class ExplainedBytes(byte[] encoded, ImageLimits? limits) : ExplainedImage
{
    private const string Name = PixelPreprocessor.EncodedImage;

    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) =>
        preprocessor.Read(encoded, pixels, Name);

    public override SKBitmap Draw(int longestSide) => Draw(encoded, Name, longestSide, limits);
}

internal sealed class ExplainedFile(string path, ImageLimits? limits) : ExplainedImage
{
    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) =>
        preprocessor.Read(path, pixels);

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
    private readonly (int Width, int Height, PixelEncoding Encoding) _format = (image.Width, image.Height,
        PixelPreprocessor.EncodingOf(image));

    private PixelView View => new(_pixels, _format.Width, _format.Height, _format.Encoding);

    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) =>
        preprocessor.Read(View, pixels);

    public override SKBitmap Draw(int longestSide) => ShrunkBitmap.Create(View, longestSide);
}
