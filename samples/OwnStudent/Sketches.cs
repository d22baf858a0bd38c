using SkiaSharp;

namespace OwnStudent;

/// <summary>A few training images: discs in the colors of three moods on a plain background.</summary>
internal static class Sketches
{
    private static readonly (string Mood, float Hue)[] Moods = [("calm", 210), ("hope", 120), ("rage", 5)];

    /// <summary>Draws <c>folder/mood/00.png</c> and so on, the same for the same seed. Existing files are overwritten.</summary>
    public static void Draw(string folder, int imagesPerMood, int seed)
    {
        var random = new Random(seed);
        foreach (var (mood, hue) in Moods)
        {
            Directory.CreateDirectory(Path.Combine(folder, mood));
            for (int i = 0; i < imagesPerMood; i++)
            {
                using var bitmap = new SKBitmap(128, 96);
                using var canvas = new SKCanvas(bitmap);
                using var ink = new SKPaint { IsAntialias = true };
                canvas.Clear(Tone(random, 360 * random.NextSingle(), saturation: 10));
                for (int disc = 0; disc < 12; disc++)
                {
                    ink.Color = Tone(random, hue, saturation: 80);
                    canvas.DrawCircle(128 * random.NextSingle(), 96 * random.NextSingle(), 4 + 14 * random.NextSingle(), ink);
                }
                using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                File.WriteAllBytes(Path.Combine(folder, mood, $"{i:00}.png"), png.ToArray());
            }
        }
    }

    private static SKColor Tone(Random random, float hue, float saturation) =>
        SKColor.FromHsl((hue + random.Next(-15, 16) + 360) % 360, saturation, random.Next(30, 80));
}
