using SkiaSharp;

namespace VisualSentiment.Tests.Support;

/// <summary>Images that differ from each other, made from a number.</summary>
internal static class TestImage
{
    /// <summary>The bytes of a PNG file, 48 x 32.</summary>
    public static byte[] Encode(int seed)
    {
        using var bitmap = new SKBitmap(48, 32, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        using (var paint = new SKPaint())
        {
            var random = new Random(seed);
            canvas.Clear(Color(random));
            for (int i = 0; i < 6; i++)
            {
                paint.Color = Color(random);
                canvas.DrawCircle(random.Next(48), random.Next(32), random.Next(4, 16), paint);
            }
        }
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>Writes an image file and gives back its path.</summary>
    public static string Write(string path, int seed)
    {
        File.WriteAllBytes(path, Encode(seed));
        return path;
    }

    private static SKColor Color(Random random) => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
}
