namespace VisualSentiment.Reporting;

/// <summary>
/// How much runs differ by themselves: the luck of initial weights and order, which more pictures do not average out.
/// </summary>
internal static class RunEffect
{
    /// <summary>
    /// The variance that the runs' own effects give to the mean over all tests; 0 where the pictures explain every difference
    /// between runs, and for a single run, which cannot tell.
    /// </summary>
    /// <remarks>
    /// A method-of-moments estimate, as in DerSimonian and Laird (1986): for two runs with means m and m', the expectation of
    /// (m - m')^2 is twice the variance between runs plus the variance that the pictures give to m - m'. The latter is summed
    /// over pictures, so that a picture that both tested cancels as far as they agree on it. The estimate is the mean over all
    /// pairs of runs; what is negative counts as 0.
    /// </remarks>
    /// <param name="runs">The runs.</param>
    /// <param name="pictures">How many different pictures they tested.</param>
    public static double VarianceOfMean(IReadOnlyList<PairedRun> runs, int pictures)
    {
        double sum = 0;
        int pairs = 0;
        double[] share = new double[pictures];
        for (int i = 0; i < runs.Count; i++)
            for (int j = 0; j < i; j++)
            {
                if (runs[i].Count < 2 || runs[j].Count < 2)
                    continue;
                double difference = runs[i].Mean - runs[j].Mean;
                sum += (difference * difference - VarianceFromPictures(runs[i], runs[j], share)) / 2;
                pairs++;
            }
        if (pairs == 0)
            return 0;
        double tests = runs.Sum(run => (double)run.Count);
        return Math.Max(0, sum / pairs) * runs.Sum(run => run.Count / tests * (run.Count / tests));
    }

    private static double VarianceFromPictures(PairedRun one, PairedRun other, double[] share)
    {
        Array.Clear(share);
        AddShares(one, sign: 1, share);
        AddShares(other, sign: -1, share);
        double variance = 0;
        foreach (double s in share)
            variance += s * s;
        return variance;
    }

    // What each picture adds to the run's mean, less its expectation; scaled by n / (n - 1), as a sample's variance is.
    private static void AddShares(PairedRun run, int sign, double[] share)
    {
        double scale = sign * Math.Sqrt(run.Count / (run.Count - 1.0)) / run.Count;
        for (int i = 0; i < run.Count; i++)
            share[run.Pictures[i]] += scale * (run.Differences[i] - run.Mean);
    }
}
