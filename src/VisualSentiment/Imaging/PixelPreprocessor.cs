using Microsoft.ML.Data;

namespace VisualSentiment.Imaging;

/// <summary>
/// The pixel contract: turns any picture into <see cref="PixelFormat"/>. Training, transformer, detector and saved models
/// all use this class, so that the same file gives the same bytes on every path. Thread-safe.
/// </summary>
internal sealed class PixelPreprocessor(ImageFit fit)
{
    public ImageFit Fit { get; } = fit;

    /// <summary>Decodes a picture file into <paramref name="pixels"/> (<see cref="PixelFormat.ByteCount"/> bytes).</summary>
    /// <exception cref="UnreadableImageException">The file is missing, no picture, or damaged; the message names it.</exception>
    public void Read(string path, Span<byte> pixels)
    {
        using var encoded = PictureFile.Read(path);
        Read(encoded.Span, pixels, path);
    }

    /// <summary>Decodes a picture from a stream, from its position to its end. The stream stays open.</summary>
    /// <exception cref="UnreadableImageException">The bytes are no picture, or damaged.</exception>
    public void Read(Stream stream, Span<byte> pixels, string name)
    {
        using var encoded = PooledBytes.Read(stream, name);
        Read(encoded.Span, pixels, name);
    }

    /// <summary>Decodes an encoded picture. <paramref name="name"/> stands in the message when that fails.</summary>
    /// <exception cref="UnreadableImageException">The bytes are no picture, or damaged.</exception>
    public void Read(ReadOnlySpan<byte> encoded, Span<byte> pixels, string name)
    {
        using (var picture = DecodedPicture.Decode(encoded, name, neededSide: PixelFormat.Height))
        {
            Resize(picture.View, pixels);
            if (!picture.IsReduced || !FineDetail.IsIn(pixels))
                return;
        }
        using var finer = DecodedPicture.Decode(encoded, name, neededSide: 2 * PixelFormat.Height);
        Resize(finer.View, pixels);
    }

    /// <summary>Converts a decoded picture. The image stays its owner's.</summary>
    public void Read(MLImage image, Span<byte> pixels)
    {
        // MLImage does not say how its alpha is meant; it comes out of Skia premultiplied, in every way to make one.
        var encoding = image.PixelFormat == MLPixelFormat.Bgra32 ? PixelEncoding.BgraPremultiplied : PixelEncoding.RgbaPremultiplied;
        Resize(new PixelView(image.Pixels, image.Width, image.Height, encoding), pixels);
    }

    private void Resize(PixelView picture, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, PixelFormat.ByteCount);
        TriangleResampler.Resize(
            Fit == ImageFit.CenterCrop ? picture.CropCenter() : picture, pixels, PixelFormat.Width, PixelFormat.Height);
    }
}
