using SkiaSharp;

namespace Personalize;

/// <summary>Paints landscapes of three classes, so that the sample runs without photographs.</summary>
internal static class Landscapes
{
    private const int Width = 320, Height = 240, Horizon = 130;

    private static readonly (string Name, Action<SKCanvas, Random> Paint)[] Classes =
        [("city", City), ("forest", Forest), ("sea", Sea)];

    /// <summary>
    /// Paints <c>folder/class/00.jpg</c> and so on, the same for the same seed. Existing files are overwritten.
    /// </summary>
    public static void Paint(string folder, int imagesPerClass, int seed)
    {
        var random = new Random(seed);
        foreach (var (name, paint) in Classes)
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            for (int i = 0; i < imagesPerClass; i++)
            {
                using var image = new SKBitmap(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
                using var canvas = new SKCanvas(image);
                canvas.Clear(Tone(random.Next(360), 40, random)); // The color of the sky differs within a class.
                paint(canvas, random);
                using SKData jpeg = image.Encode(SKEncodedImageFormat.Jpeg, 90);
                File.WriteAllBytes(Path.Combine(folder, name, $"{i:00}.jpg"), jpeg.ToArray());
            }
        }
    }

    private static void City(SKCanvas canvas, Random random)
    {
        using var wall = new SKPaint();
        using var window = new SKPaint { Color = Tone(50, 80, random) };
        for (int left = -10; left < Width;)
        {
            int width = random.Next(25, 70), top = random.Next(30, 180);
            wall.Color = Tone(random.Next(360), 10, random);
            canvas.DrawRect(left, top, width, Height - top, wall);
            for (int y = top + 8; y < Height; y += 14)
                for (int x = left + 6; x < left + width - 6; x += 11)
                    if (random.Next(3) > 0)
                        canvas.DrawRect(x, y, 5, 7, window);
            left += width + random.Next(12);
        }
    }

    private static void Forest(SKCanvas canvas, Random random)
    {
        using var ground = new SKPaint { Color = Tone(random.Next(60, 140), 30, random) };
        using var tree = new SKPaint { IsAntialias = true };
        canvas.DrawRect(0, Horizon, Width, Height - Horizon, ground);
        for (int i = 0; i < 14; i++)
        {
            int x = random.Next(Width), bottom = Horizon + 8 * i, height = 50 + random.Next(80);
            tree.Color = Tone(random.Next(20, 150), 45, random);
            using var crown = new SKPath();
            crown.MoveTo(x, bottom - height);
            crown.LineTo(x - height / 4, bottom);
            crown.LineTo(x + height / 4, bottom);
            crown.Close();
            canvas.DrawPath(crown, tree);
        }
    }

    private static void Sea(SKCanvas canvas, Random random)
    {
        using var water = new SKPaint { Color = Tone(random.Next(150, 240), 50, random) };
        using var wave = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 2 };
        wave.Color = SKColors.White.WithAlpha(120);
        canvas.DrawRect(0, Horizon, Width, Height - Horizon, water);
        for (int i = 0; i < 40; i++)
        {
            float x = random.Next(Width), y = random.Next(Horizon + 4, Height);
            canvas.DrawArc(new SKRect(x, y, x + 24, y + 8), 180, 180, useCenter: false, wave);
        }
    }

    private static SKColor Tone(int hue, int saturation, Random random) =>
        SKColor.FromHsl(hue, saturation + random.Next(-10, 11), random.Next(25, 75));
}
