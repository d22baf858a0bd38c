namespace VisualSentiment.Evaluation.Statistics;

/// <summary>
/// Confidence and accuracy in 15 bins of equal width; bin m of M has the confidences in ((m - 1) / M, m / M]
/// (Guo et al. 2017, "On calibration of modern neural networks").
/// </summary>
internal sealed class CalibrationBins
{
    private const int Count = 15;

    public int[] Tests { get; init; } = new int[Count];
    public int[] Correct { get; init; } = new int[Count];

    /// <summary>The sum of the confidences in a bin.</summary>
    public double[] Confidence { get; init; } = new double[Count];

    /// <summary>Equation 3: the sum over bins of |B| / n * |accuracy(B) - confidence(B)|.</summary>
    public double ExpectedError =>
        Enumerable.Range(0, Count).Sum(bin => Math.Abs(Correct[bin] - Confidence[bin])) / Tests.Sum();

    public void Add(double confidence, bool correct)
    {
        int bin = Math.Clamp((int)Math.Ceiling(confidence * Count) - 1, 0, Count - 1);
        Tests[bin]++;
        Correct[bin] += correct ? 1 : 0;
        Confidence[bin] += confidence;
    }

    public static CalibrationBins Sum(IEnumerable<CalibrationBins> runs)
    {
        var sum = new CalibrationBins();
        foreach (CalibrationBins run in runs)
            for (int bin = 0; bin < Count; bin++)
            {
                sum.Tests[bin] += run.Tests[bin];
                sum.Correct[bin] += run.Correct[bin];
                sum.Confidence[bin] += run.Confidence[bin];
            }
        return sum;
    }
}
