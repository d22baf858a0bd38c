using SkiaSharp;

namespace Distill.Moods;

/// <summary>A family of colors: hues (degrees) with one saturation and one brightness (0 to 100), and play around them.</summary>
internal sealed record Swatch(float[] Hues, float Saturation, float Brightness)
{
    public SKColor Pick(Random random) => SKColor.FromHsv(
        (Hues[random.Next(Hues.Length)] + Around(random, 26) + 360) % 360,
        Math.Clamp(Saturation + Around(random, 25), 0, 100),
        Math.Clamp(Brightness + Around(random, 22), 0, 100));

    private static float Around(Random random, float spread) => (random.NextSingle() + random.NextSingle() - 1) * spread;
}
