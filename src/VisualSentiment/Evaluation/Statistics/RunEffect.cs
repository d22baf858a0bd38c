namespace VisualSentiment.Evaluation.Statistics;

/// <summary>
/// How much the means of runs differ: by the randomness of each training, which more images do not average out, and by
/// the images that each run tested.
/// </summary>
/// <param name="Between">The variance between the means of runs; 0 for fewer than two runs.</param>
/// <param name="FromImages">The part of it that the images are expected to cause.</param>
/// <param name="Share">
/// The variance of the mean over all tests, as a share of the variance of one run's own effect.
/// </param>
/// <param name="DegreesOfFreedom">The number of runs less one.</param>
internal readonly record struct RunEffect(double Between, double FromImages, double Share, int DegreesOfFreedom)
{
    /// <summary>
    /// The variance that the runs' own effects give to the mean over all tests; 0 where the images explain every
    /// difference between runs, and for a single run.
    /// </summary>
    /// <remarks>
    /// A method-of-moments estimate, as in DerSimonian and Laird (1986): for two runs with means m and m', the expectation of
    /// (m - m')^2 is twice the variance between runs plus the variance that the images give to m - m'. The latter is
    /// summed over images, so that an image that both tested cancels as far as they agree on it. The estimate is the
    /// mean over all pairs of runs; a negative estimate counts as 0.
    /// </remarks>
    public double VarianceOfMean => VarianceOfMeanAt(1);

    /// <param name="runs">The runs.</param>
    /// <param name="images">How many different images they tested.</param>
    public static RunEffect Of(IReadOnlyList<PairedRun> runs, int images)
    {
        PairedRun[] used = [.. runs.Where(run => run.Count > 1)];
        if (used.Length < 2)
            return default;
        double between = 0, fromImages = 0;
        double[] share = new double[images];
        for (int i = 0; i < used.Length; i++)
            for (int j = 0; j < i; j++)
            {
                double difference = used[i].Mean - used[j].Mean;
                between += difference * difference / 2;
                fromImages += VarianceFromImages(used[i], used[j], share) / 2;
            }
        double pairs = used.Length * (used.Length - 1) / 2.0, tests = runs.Sum(run => (double)run.Count);
        double part = runs.Sum(run => run.Count / tests * (run.Count / tests));
        return new RunEffect(between / pairs, fromImages / pairs, part, used.Length - 1);
    }

    /// <summary>
    /// A draw of <see cref="VarianceOfMean"/> given what was measured: the variance between runs, divided by
    /// chi-squared over its degrees of freedom, less the part of the images (a generalized pivotal quantity, Weerahandi
    /// 1993).
    /// </summary>
    public double DrawVarianceOfMean(Random random)
    {
        if (Between == 0)
            return 0;
        double chiSquared = 0;
        for (int i = 0; i < DegreesOfFreedom; i++)
        {
            double normal = NormalDraw.Next(random);
            chiSquared += normal * normal;
        }
        return VarianceOfMeanAt(chiSquared / DegreesOfFreedom);
    }

    private double VarianceOfMeanAt(double chiSquaredShare) =>
        Math.Max(0, Between / chiSquaredShare - FromImages) * Share;

    private static double VarianceFromImages(PairedRun one, PairedRun other, double[] share)
    {
        Array.Clear(share);
        AddShares(one, sign: 1, share);
        AddShares(other, sign: -1, share);
        double variance = 0;
        foreach (double s in share)
            variance += s * s;
        return variance;
    }

    // What each image adds to the run's mean, less its expectation; scaled by n / (n - 1), as a sample's variance is.
    private static void AddShares(PairedRun run, int sign, double[] share)
    {
        double scale = sign * Math.Sqrt(run.Count / (run.Count - 1.0)) / run.Count;
        for (int i = 0; i < run.Count; i++)
            share[run.Images[i]] += scale * (run.Differences[i] - run.Mean);
    }
}

/// <summary>Draws from the standard normal distribution.</summary>
internal static class NormalDraw
{
    // Box and Muller 1958.
    public static double Next(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}

/// <summary>One run's differences of two models' outcomes: +1 where only the first is right, -1 where only the second is.</summary>
/// <param name="Images">The position of each test's image among all images.</param>
/// <param name="Differences">The difference of each test.</param>
internal sealed record PairedRun(int[] Images, int[] Differences)
{
    public int Count => Images.Length;

    public double Mean { get; } = Differences.Average();
}
