namespace VisualSentiment.Training;

internal static class BetaDistribution
{
    /// <summary>
    /// Draws from Beta(a, a) as x / (x + y), where x and y are Gamma(a) variates (Marsaglia and Tsang 2000). For a
    /// below 1, Gamma(a) is Gamma(a + 1) times a uniform number to the power of 1 / a.
    /// </summary>
    public static double Sample(Random random, double a)
    {
        double x = Gamma(random, a), y = Gamma(random, a);
        return x + y > 0 ? x / (x + y) : random.Next(2);
    }

    private static double Gamma(Random random, double shape)
    {
        if (shape < 1)
            return Gamma(random, shape + 1) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                * Math.Cos(2 * Math.PI * random.NextDouble());
            double v = Math.Pow(1 + c * normal, 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < normal * normal / 2 + d * (1 - v + Math.Log(v)))
                return d * v;
        }
    }
}
