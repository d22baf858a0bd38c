using SkiaSharp;

namespace Distill.Moods;

/// <summary>What the moods draw. Sizes are shares of the image's longer side; everything jitters.</summary>
internal static class Motifs
{
    public static void Balloons(Easel easel)
    {
        foreach (int _ in easel.Some(5, 16))
        {
            float x = easel.Between(0, 1), y = easel.Between(0, 1), radius = easel.Between(0.03f, 0.12f);
            easel.Dip().Dot(x, y, radius, easel.Between(0.9f, 1.3f));
            easel.Dip(0.6f).Dot(x - radius * 0.3f, y - radius * 0.3f, radius * 0.25f);
        }
    }

    public static void Shards(Easel easel)
    {
        float x = easel.Between(0.2f, 0.8f), y = easel.Between(0.2f, 0.8f);
        foreach (int _ in easel.Some(6, 18))
        {
            float angle = easel.Between(0, MathF.Tau);
            float length = easel.Between(0.25f, 0.8f), width = easel.Between(0.03f, 0.12f);
            easel.Dip().Fill(
                Polar(x, y, angle - 1.6f, width), Polar(x, y, angle + 1.6f, width), Polar(x, y, angle, length));
        }
    }

    public static void Rays(Easel easel)
    {
        float x = easel.Between(0.2f, 0.8f), y = easel.Between(0.05f, 0.5f);
        foreach (int _ in easel.Some(6, 16))
        {
            float angle = easel.Between(0, MathF.Tau), width = easel.Between(0.03f, 0.12f);
            easel.Dip(0.35f).Fill(new(x, y), Polar(x, y, angle - width, 1.5f), Polar(x, y, angle + width, 1.5f));
        }
        easel.Dip().Dot(x, y, easel.Between(0.03f, 0.1f));
        Ridge(easel, easel.Between(0.65f, 0.85f));
    }

    public static void Hills(Easel easel)
    {
        easel.Dip().Dot(easel.Between(0.1f, 0.9f), easel.Between(0.1f, 0.4f), easel.Between(0.04f, 0.1f));
        float level = easel.Between(0.3f, 0.5f);
        foreach (int _ in easel.Some(3, 5))
            Wave(easel, level += easel.Between(0.08f, 0.16f));
    }

    public static void Splatter(Easel easel)
    {
        foreach (int _ in easel.Some(3, 8))
        {
            float x = easel.Between(0, 1), y = easel.Between(0, 0.9f), radius = easel.Between(0.04f, 0.12f);
            easel.Dip(0.8f).Dot(x, y, radius, easel.Between(0.6f, 1));
            foreach (int __ in easel.Some(6, 14))
            {
                float distance = easel.Between(0.6f, 2.2f);
                SKPoint drop = Polar(x, y, easel.Between(0, MathF.Tau), radius * distance);
                easel.Dot(drop.X, drop.Y, radius * easel.Between(0.3f, 0.6f) / (distance * distance));
            }
            foreach (int __ in easel.Some(1, 3))
            {
                float drip = x + radius * easel.Between(-0.7f, 0.7f), end = y + radius + easel.Between(0, 0.2f);
                easel.Stroke(radius * 0.15f, new(drip, y), new(drip, end));
                easel.Dot(drip, end, radius * 0.15f, flatness: 1.5f);
            }
        }
    }

    public static void Whirl(Easel easel)
    {
        float x = easel.Between(0.2f, 0.8f), y = easel.Between(0.2f, 0.8f);
        foreach (int _ in easel.Some(8, 20))
        {
            float start = easel.Between(0, MathF.Tau), turn = easel.Between(0.8f, 2.5f);
            float from = easel.Between(0.03f, 0.35f), growth = easel.Between(0.1f, 0.4f);
            easel.Dip().Stroke(easel.Between(0.008f, 0.035f),
                [.. Enumerable.Range(0, 16).Select(i => Polar(x, y, start + turn * i / 15, from + growth * i / 15))]);
        }
    }

    public static void Thicket(Easel easel)
    {
        foreach (int _ in easel.Some(6, 14))
        {
            float x = easel.Between(0, 1), lean = easel.Between(-0.12f, 0.12f), width = easel.Between(0.01f, 0.05f);
            easel.Dip().Stroke(width, new(x, 1), new(x + lean * 0.4f, 0.5f), new(x + lean, easel.Between(-0.1f, 0.3f)));
            foreach (int __ in easel.Some(1, 4))
            {
                float y = easel.Between(0.1f, 0.6f);
                var tip = new SKPoint(x + easel.Between(-0.2f, 0.2f), y - easel.Between(0.05f, 0.2f));
                easel.Stroke(width * 0.4f, new(x + lean * (1 - y), y), tip);
            }
        }
    }

    public static void Rain(Easel easel)
    {
        float slant = easel.Between(-0.05f, 0.05f);
        foreach (int _ in easel.Some(25, 70))
        {
            float x = easel.Between(0, 1), y = easel.Between(-0.1f, 0.9f), length = easel.Between(0.05f, 0.2f);
            easel.Dip(0.6f).Stroke(easel.Between(0.003f, 0.009f), new(x, y), new(x + slant, y + length));
        }
        foreach (int _ in easel.Some(1, 4))
            easel.Dip(0.5f).Dot(easel.Between(0, 1), easel.Between(0.75f, 1), easel.Between(0.08f, 0.25f), flatness: 0.2f);
    }

    private static void Ridge(Easel easel, float level) => Land(easel, 14, _ => level - easel.Between(0, 0.12f));

    private static void Wave(Easel easel, float level)
    {
        float height = easel.Between(0.01f, 0.06f), length = easel.Between(3, 9), shift = easel.Between(0, MathF.Tau);
        Land(easel, 50, x => level + height * MathF.Sin(shift + length * x));
    }

    // Wider than the image, which may be turned.
    private static void Land(Easel easel, int steps, Func<float, float> surface)
    {
        IEnumerable<float> across = Enumerable.Range(0, steps + 1).Select(i => -0.3f + 1.6f * i / steps);
        easel.Dip().Fill([new(-0.3f, 1.4f), .. across.Select(x => new SKPoint(x, surface(x))), new(1.3f, 1.4f)]);
    }

    private static SKPoint Polar(float x, float y, float angle, float radius) =>
        new(x + radius * MathF.Cos(angle), y + radius * MathF.Sin(angle));
}
