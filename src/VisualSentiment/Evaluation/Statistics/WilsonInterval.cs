namespace VisualSentiment.Evaluation.Statistics;

/// <summary>Wilson's score interval (Wilson 1927), accurate for small counts and shares near 0 and 1.</summary>
internal static class WilsonInterval
{
    private const double Z = 1.959963984540054;

    public static IntervalEstimate Of(double share, int count)
    {
        double shrink = 1 + Z * Z / count;
        double center = (share + Z * Z / (2 * count)) / shrink;
        double half = Z * Math.Sqrt(share * (1 - share) / count + Z * Z / (4.0 * count * count)) / shrink;
        return new IntervalEstimate(share, Math.Max(0, center - half), Math.Min(1, center + half));
    }
}
