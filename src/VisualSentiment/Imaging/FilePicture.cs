using System.Drawing;
using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>A picture file, which is read again when it is drawn on.</summary>
internal sealed class FilePicture(string path) : ShownPicture
{
    public override RectangleF Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(path, pixels);

    public override SKBitmap Draw(int longestSide)
    {
        using var encoded = PictureFile.Read(path);
        return Draw(encoded.Span, path, longestSide);
    }
}
