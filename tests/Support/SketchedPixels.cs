using VisualSentiment.Imaging;
using VisualSentiment.Quantization;

namespace VisualSentiment.Tests.Support;

/// <summary>Images as pixels: rectangles of one color each on a ground with grain, different in every corner and class.</summary>
internal static class SketchedPixels
{
    public static byte[] Draw(int seed)
    {
        var random = new Random(seed);
        byte[] pixels = new byte[PixelFormat.ByteCount];
        int brightness = random.Next(160);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(brightness + random.Next(64));
        for (int rectangle = 0; rectangle < 12; rectangle++)
        {
            int top = random.Next(PixelFormat.Height), left = random.Next(PixelFormat.Width);
            int bottom = Math.Min(PixelFormat.Height, top + random.Next(120)), right = Math.Min(PixelFormat.Width, left + random.Next(120));
            byte[] color = [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];
            for (int y = top; y < bottom; y++)
                for (int x = left; x < right; x++)
                    color.CopyTo(pixels, (y * PixelFormat.Width + x) * PixelFormat.Channels);
        }
        return pixels;
    }

    /// <summary>So many images, of classes 0, 1, 2, 0, and so on.</summary>
    public static CalibrationImages Keep(int images, int classes = 3)
    {
        byte[][] all = [.. Enumerable.Range(0, images).Select(Draw)];
        return CalibrationImages.Keep([.. Enumerable.Range(0, images)], [], [.. Enumerable.Range(0, images).Select(i => i % classes)], i => all[i]);
    }
}
