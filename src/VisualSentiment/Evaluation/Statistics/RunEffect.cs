namespace VisualSentiment.Evaluation.Statistics;

/// <summary>
/// The variance between the means of runs: from the randomness of training, which more images do not average out, and
/// from the test images of each run.
/// </summary>
/// <param name="Between">The variance between the means of runs; 0 for fewer than two runs.</param>
/// <param name="FromImages">The expected part of it from the images.</param>
/// <param name="Share">The variance of the mean over all tests, as a share of the variance of one run's effect.</param>
/// <param name="DegreesOfFreedom">The number of runs minus one.</param>
internal readonly record struct RunEffect(double Between, double FromImages, double Share, int DegreesOfFreedom)
{
    /// <summary>
    /// The variance of the mean over all tests from the randomness of training; 0 if the images explain all differences
    /// between runs, and for a single run.
    /// </summary>
    /// <remarks>
    /// A method-of-moments estimate, as in DerSimonian and Laird (1986): for two runs with means m and m', the
    /// expectation of (m - m')^2 is twice the variance between runs plus the variance of m - m' from the images. The
    /// latter is a sum over images, in which an image of both runs cancels as far as its differences agree. The
    /// estimate is the mean over all pairs of runs; a negative estimate counts as 0.
    /// </remarks>
    public double VarianceOfMean => VarianceOfMeanAt(1);

    /// <param name="runs">The runs.</param>
    /// <param name="images">The number of different test images of all runs.</param>
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
    /// Draws <see cref="VarianceOfMean"/>: the variance between runs, divided by chi-squared over its degrees of
    /// freedom, minus the part of the images (a generalized pivotal quantity, Weerahandi 1993).
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

    // The contribution of each image to the run's mean, minus its expectation; scaled like a sample variance.
    private static void AddShares(PairedRun run, int sign, double[] share)
    {
        double scale = sign * Math.Sqrt(run.Count / (run.Count - 1.0)) / run.Count;
        for (int i = 0; i < run.Count; i++)
            share[run.Images[i]] += scale * (run.Differences[i] - run.Mean);
    }
}

/// <summary>Draws from the standard normal distribution (Box and Muller 1958).</summary>
internal static class NormalDraw
{
    public static double Next(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}

/// <summary>The differences of two models in one run.</summary>
/// <param name="Images">The index of each test's image among all images.</param>
/// <param name="Differences">+1 if only the first model is correct, -1 if only the second is, else 0.</param>
internal sealed record PairedRun(int[] Images, int[] Differences)
{
    public int Count => Images.Length;
    public double Mean { get; } = Differences.Average();
}
