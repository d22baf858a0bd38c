namespace VisualSentiment;

/// <summary>How a figure varies from run to run (seeds, folds).</summary>
/// <param name="Mean">The mean of the runs' figures; every run counts the same.</param>
/// <param name="StandardDeviation">Their standard deviation, with n - 1 in the denominator.</param>
/// <param name="Runs">How many runs; at least 2.</param>
public sealed record RunSpread(double Mean, double StandardDeviation, int Runs)
{
    /// <summary>Null for a single run, which has no spread.</summary>
    internal static RunSpread? Of(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
            return null;
        double mean = values.Average();
        return new RunSpread(mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)), values.Count);
    }
}
