using SkiaSharp;
using VisualSentiment.Imaging;

namespace VisualSentiment.Tests.Imaging;

/// <summary>Images that tests make, and short ways to read them.</summary>
internal static class TestImages
{
    private static readonly PixelPreprocessor Filling = new(ImageFit.Fill);

    /// <summary>An image in which every place looks different.</summary>
    public static byte[] Gradient(int width, int height, SKEncodedImageFormat format = SKEncodedImageFormat.Png) =>
        Encode(width, height, format, (x, y) => new SKColor(
            (byte)(x * 255 / Math.Max(1, width - 1)), (byte)(y * 255 / Math.Max(1, height - 1)), (byte)(x * 7 + y * 3)));

    public static byte[] Encode(int width, int height, SKEncodedImageFormat format, Func<int, int, SKColor> color)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.Pixels = [.. Enumerable.Range(0, width * height).Select(i => color(i % width, i / width))];
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    public static byte[] Read(byte[] encoded, ImageFit fit = ImageFit.Fill)
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        new PixelPreprocessor(fit).Read(encoded, pixels, "test image");
        return pixels;
    }

    public static UnreadableImageException ReadFails(byte[] encoded) => Assert.Throws<UnreadableImageException>(
        () => Filling.Read(encoded, new byte[PixelFormat.ByteCount], "test image"));

    /// <summary>Red, green and blue at a place of the 224 x 224 result.</summary>
    public static (byte Red, byte Green, byte Blue) At(byte[] pixels, int x, int y)
    {
        int i = (y * PixelFormat.Width + x) * PixelFormat.Channels;
        return (pixels[i], pixels[i + 1], pixels[i + 2]);
    }
}
