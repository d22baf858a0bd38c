namespace VisualSentiment;

/// <summary>The distribution of a metric over runs (seeds, folds).</summary>
/// <param name="Mean">The mean over runs, each with the same weight.</param>
/// <param name="StandardDeviation">The standard deviation, with n - 1 in the denominator.</param>
/// <param name="Runs">The number of runs; at least 2.</param>
public sealed record RunSpread(double Mean, double StandardDeviation, int Runs)
{
    /// <summary>Null for a single run.</summary>
    internal static RunSpread? Of(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
            return null;
        double mean = values.Average();
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return new RunSpread(mean, Math.Sqrt(squares / (values.Count - 1)), values.Count);
    }
}
