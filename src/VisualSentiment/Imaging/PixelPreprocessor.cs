using System.Drawing;
using Microsoft.ML.Data;

namespace VisualSentiment.Imaging;

/// <summary>
/// The pixel contract: turns any image into <see cref="PixelFormat"/>. Training, transformer, detector and saved models
/// all use this class, so that the same file gives the same bytes on every path. Every method gives back which part of the
/// image, turned as it is shown, the square holds, as fractions of its width and height. Thread-safe.
/// </summary>
internal sealed class PixelPreprocessor(ImageFit fit, ImageLimits? limits = null)
{
    /// <summary>The name in messages of an image that has no path.</summary>
    public const string EncodedImage = "an encoded image";

    public ImageFit Fit { get; } = fit;

    /// <summary>The limits of decoding; null for <see cref="ImageLimits.Default"/>.</summary>
    public ImageLimits? Limits { get; } = limits;

    /// <summary>Decodes an image file into <paramref name="pixels"/> (<see cref="PixelFormat.ByteCount"/> bytes).</summary>
    /// <exception cref="UnreadableImageException">The file is missing, no image, or damaged; the message names it.</exception>
    public RectangleF Read(string path, Span<byte> pixels)
    {
        using var encoded = ImageFile.Read(path, Limits);
        return Read(encoded.Span, pixels, path);
    }

    /// <summary>Decodes an image from a stream, from its position to its end. The stream stays open.</summary>
    /// <exception cref="UnreadableImageException">The bytes are no image, or damaged.</exception>
    public RectangleF Read(Stream stream, Span<byte> pixels, string name)
    {
        using var encoded = PooledBytes.Read(stream, name, Limits);
        return Read(encoded.Span, pixels, name);
    }

    /// <summary>Decodes an encoded image. <paramref name="name"/> stands in the message when that fails.</summary>
    /// <exception cref="UnreadableImageException">The bytes are no image, or damaged.</exception>
    public RectangleF Read(ReadOnlySpan<byte> encoded, Span<byte> pixels, string name)
    {
        try
        {
            using var image = DecodedImage.Decode(encoded, name, PixelFormat.Height, Limits);
            return Read(image.View, pixels);
        }
        catch (OutOfMemoryException e)
        {
            throw new UnreadableImageException(name, "out of memory", e);
        }
    }

    /// <summary>Converts a decoded image. The image stays its owner's.</summary>
    public RectangleF Read(MLImage image, Span<byte> pixels)
    {
        return Read(new PixelView(image.Pixels, image.Width, image.Height, EncodingOf(image)), pixels);
    }

    /// <summary>Converts samples.</summary>
    public RectangleF Read(PixelView image, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, PixelFormat.ByteCount);
        PixelView seen = Fit == ImageFit.CenterCrop ? image.CropCenter() : image;
        TriangleResampler.Resize(seen, pixels, PixelFormat.Width, PixelFormat.Height);
        var (left, width) = seen.Columns.ShareOf(image.Columns);
        var (top, height) = seen.Rows.ShareOf(image.Rows);
        return new RectangleF(left, top, width, height);
    }

    // MLImage does not say how its alpha is meant; it comes out of Skia premultiplied, in every way to make one.
    internal static PixelEncoding EncodingOf(MLImage image) =>
        image.PixelFormat == MLPixelFormat.Bgra32 ? PixelEncoding.BgraPremultiplied : PixelEncoding.RgbaPremultiplied;
}
