using SkiaSharp;
using VisualSentiment.Tests.Imaging;

namespace VisualSentiment.Tests.Clients;

/// <summary>Image files that clients decode themselves: PNG and JPEG of several sizes and kinds.</summary>
internal static class PaintedFiles
{
    // The shorter side of a JPEG is below 448 pixels: the library decodes larger ones at a fraction of their size.
    private static readonly (int Width, int Height)[] Sizes =
        [(224, 224), (300, 200), (97, 311), (447, 600), (640, 360), (31, 20), (512, 130), (225, 223), (400, 400), (3, 240)];

    /// <summary>Writes 20 files and returns their paths.</summary>
    public static string[] Write(string folder) =>
    [
        .. Sizes.SelectMany((size, i) => new[]
        {
            Write(folder, $"{i}.png", Paint(size.Width, size.Height, i, KindOfPng(i)).Encode(SKEncodedImageFormat.Png, 100).ToArray()),
            Write(folder, $"{i}.jpg", Jpeg(size.Width, size.Height, i)),
        }),
    ];

    private static string Write(string folder, string name, byte[] content)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static SKColorType KindOfPng(int i) => i == 1 ? SKColorType.Gray8 : SKColorType.Rgba8888;

    private static byte[] Jpeg(int width, int height, int seed)
    {
        byte[] jpeg = Paint(width, height, 100 + seed, seed == 3 ? SKColorType.Gray8 : SKColorType.Rgba8888)
            .Encode(SKEncodedImageFormat.Jpeg, 70 + 3 * seed).ToArray();
        return seed is > 0 and < 9 ? TinyJpeg.WithOrientation(jpeg, seed) : jpeg;
    }

    // A gradient with discs and grain; every third image is partly transparent.
    private static SKBitmap Paint(int width, int height, int seed, SKColorType type)
    {
        var random = new Random(seed);
        SKColor Color() => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        bool opaque = type == SKColorType.Gray8 || seed % 3 != 0;
        using var colors = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using (var canvas = new SKCanvas(colors))
        using (var paint = new SKPaint { IsAntialias = true })
        {
            canvas.Clear(opaque ? Color() : Color().WithAlpha(100));
            for (int i = 0; i < 12; i++)
            {
                paint.Color = Color().WithAlpha((byte)(opaque ? 255 : random.Next(256)));
                canvas.DrawCircle(random.Next(width), random.Next(height), random.Next(2, 12 + width / 4), paint);
            }
        }
        var image = new SKBitmap(new SKImageInfo(width, height, type, opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul));
        image.Pixels = [.. colors.Pixels.Select(color => color.WithBlue((byte)Math.Clamp(color.Blue + random.Next(-20, 21), 0, 255)))];
        return image;
    }
}
