using System.Drawing;
using Microsoft.ML.Data;

namespace VisualSentiment.Imaging;

/// <summary>
/// Converts any image to <see cref="PixelFormat"/>. Training, transformer, detector and saved models all use this
/// class, so that the same file gives the same bytes everywhere. Every method returns the part of the image (rotated by
/// its EXIF orientation) that the square shows, as fractions of its width and height. Thread-safe.
/// </summary>
internal sealed class PixelPreprocessor(ImageFit fit, ImageLimits? limits = null)
{
    /// <summary>The name in messages of an image that has no path.</summary>
    public const string EncodedImage = "an encoded image";

    public ImageFit Fit { get; } = fit;

    /// <summary>The limits of decoding; null for <see cref="ImageLimits.Default"/>.</summary>
    public ImageLimits? Limits { get; } = limits;

    /// <summary>Decodes an image file into <paramref name="pixels"/> (<see cref="PixelFormat.ByteCount"/> bytes).</summary>
    /// <exception cref="UnreadableImageException">The file is missing, not an image, or damaged.</exception>
    public RectangleF Read(string path, Span<byte> pixels)
    {
        using var encoded = ImageFile.Read(path, Limits);
        return Read(encoded.Span, pixels, path);
    }

    /// <summary>Decodes an image from a stream, from its position to its end. The stream stays open.</summary>
    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, Span{byte}, string)"/>
    public RectangleF Read(Stream stream, Span<byte> pixels, string name)
    {
        using var encoded = PooledBytes.Read(stream, name, Limits);
        return Read(encoded.Span, pixels, name);
    }

    /// <summary>Decodes an image, called <paramref name="name"/> in messages.</summary>
    /// <exception cref="UnreadableImageException">The bytes are not an image, or damaged.</exception>
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

    /// <summary>Converts a decoded image. It is not disposed.</summary>
    public RectangleF Read(MLImage image, Span<byte> pixels) =>
        Read(new PixelView(image.Pixels, image.Width, image.Height, EncodingOf(image)), pixels);

    /// <summary>Converts decoded pixels.</summary>
    /// <exception cref="UnreadableImageException">There is no memory for the image.</exception>
    public RectangleF Read(RawImage image, Span<byte> pixels, string name)
    {
        try
        {
            using ImageBuffer samples = image.ToSamples();
            return Read(image.View(samples.Span), pixels);
        }
        catch (OutOfMemoryException e)
        {
            throw new UnreadableImageException(name, "out of memory", e);
        }
    }

    public RectangleF Read(PixelView image, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, PixelFormat.ByteCount);
        PixelView used = Fit == ImageFit.CenterCrop ? image.CropCenter() : image;
        TriangleResampler.Resize(used, pixels, PixelFormat.Width, PixelFormat.Height);
        var (left, width) = used.Columns.ShareOf(image.Columns);
        var (top, height) = used.Rows.ShareOf(image.Rows);
        return new RectangleF(left, top, width, height);
    }

    // MLImage has no property for this; its pixels come from Skia and are always premultiplied.
    internal static PixelEncoding EncodingOf(MLImage image) =>
        image.PixelFormat == MLPixelFormat.Bgra32 ? PixelEncoding.BgraPremultiplied : PixelEncoding.RgbaPremultiplied;
}
