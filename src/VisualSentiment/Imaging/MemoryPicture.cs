using System.Drawing;
using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>The bytes of a picture file.</summary>
internal sealed class MemoryPicture(byte[] encoded) : ShownPicture
{
    private const string Name = "an encoded picture";

    /// <summary>Reads a stream to its end, within the limits of <see cref="ImageLimits"/>.</summary>
    /// <exception cref="UnreadableImageException">Reading fails, or there is too much.</exception>
    public static MemoryPicture Read(Stream stream)
    {
        using var bytes = PooledBytes.Read(stream, Name);
        return new MemoryPicture(bytes.Span.ToArray());
    }

    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(encoded, pixels, Name);

    public override SKBitmap Draw(int longestSide) => Draw(encoded, Name, longestSide);
}
