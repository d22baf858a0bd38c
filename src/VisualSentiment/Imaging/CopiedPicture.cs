using System.Drawing;
using Microsoft.ML.Data;
using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>A decoded picture. Its owner may free it, so that its pixels are copied.</summary>
internal sealed class CopiedPicture(MLImage image) : ShownPicture
{
    private readonly byte[] _pixels = image.Pixels.ToArray();
    private readonly (int Width, int Height, PixelEncoding Encoding) _format = (image.Width, image.Height, PixelPreprocessor.EncodingOf(image));

    private PixelView View => new(_pixels, _format.Width, _format.Height, _format.Encoding);

    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(View, pixels);

    public override SKBitmap Draw(int longestSide) => Draw(View, longestSide);
}
