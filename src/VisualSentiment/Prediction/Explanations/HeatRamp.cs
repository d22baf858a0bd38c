namespace VisualSentiment.Prediction.Explanations;

/// <summary>
/// Colors of heat, from dark violet over red and orange to light yellow. Lightness is linear in Oklab (Ottosson 2020),
/// so that equal steps look equal, also in gray.
/// </summary>
internal static class HeatRamp
{
    private const int Count = 256;

    // Lightness, chroma and hue in degrees, at equal distances.
    private static readonly (double Lightness, double Chroma, double Hue)[] Stops =
        [(0.34, 0.16, 295), (0.49, 0.21, 330), (0.64, 0.20, 380), (0.79, 0.16, 425), (0.94, 0.13, 465)];

    private static readonly (byte Red, byte Green, byte Blue)[] Colors =
        [.. Enumerable.Range(0, Count).Select(i => Compute(i / (Count - 1.0)))];

    /// <summary>The color of heat from 0 to 1.</summary>
    public static (byte Red, byte Green, byte Blue) Pick(float heat) => Colors[(int)(heat * (Count - 1) + 0.5f)];

    private static (byte, byte, byte) Compute(double heat)
    {
        double place = heat * (Stops.Length - 1);
        int stop = Math.Min((int)place, Stops.Length - 2);
        var (from, to) = (Stops[stop], Stops[stop + 1]);
        double Between(double a, double b) => a + (b - a) * (place - stop);
        double chroma = Between(from.Chroma, to.Chroma), hue = double.DegreesToRadians(Between(from.Hue, to.Hue));
        double lightness = Between(from.Lightness, to.Lightness), a = chroma * Math.Cos(hue),
            b = chroma * Math.Sin(hue);

        double l = Math.Pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
        double m = Math.Pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
        double s = Math.Pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
        return (Encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            Encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            Encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
    }

    /// <summary>The sRGB byte of a linear intensity.</summary>
    private static byte Encode(double linear)
    {
        double value = Math.Clamp(linear, 0, 1);
        return (byte)Math.Round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * Math.Pow(value, 1 / 2.4) - 0.055));
    }
}
