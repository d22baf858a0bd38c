using System.Drawing;
using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>The bytes of a picture file.</summary>
internal sealed class MemoryPicture(byte[] encoded) : ShownPicture
{
    private const string Name = "an encoded picture";

    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(encoded, pixels, Name);

    private protected override SKBitmap Decode() => Decode(encoded, Name);
}
