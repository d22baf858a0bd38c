using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Statistics;

public class RunEffectTests
{
    [Fact]
    public void A_single_run_gives_no_variance_between_runs() => Assert.Equal(0, RunEffect.Of([Run(0, 1, 0, -1, 1)], 4).VarianceOfMean);

    // Means 1 and 0, both without variance within: (1 - 0)^2 / 2 between runs, half of it for the mean of two.
    [Fact]
    public void Variance_that_images_do_not_explain_is_between_runs()
    {
        double variance = RunEffect.Of([Run(0, 1, 1, 1), Run(0, 0, 0, 0)], 3).VarianceOfMean;

        Assert.Equal(0.25, variance, 1e-12);
    }

    // Other images, means 1/2 and 0. The variance of a mean is s^2 / n: (4 * 1/4 / 3) / 4 = 1/12 for the first and
    // (2 / 3) / 4 = 1/6 for the second; together the 1/4 that the squared difference of the means is.
    [Fact]
    public void Variance_that_images_explain_is_not_between_runs() =>
        Assert.Equal(0, RunEffect.Of([Run(0, 1, 0, 1, 0), Run(4, 1, -1, 0, 0)], 8).VarianceOfMean, 1e-12);

    // The same differences of image and image: they cancel, and only the shift of one whole test is left.
    [Fact]
    public void Images_that_both_runs_tested_cancel()
    {
        double variance = RunEffect.Of([Run(0, 1, 0, 1, 0), Run(0, 0, -1, 0, -1)], 4).VarianceOfMean;

        Assert.Equal(0.25, variance, 1e-12);
    }

    private static PairedRun Run(int firstImage, params int[] differences) =>
        new([.. Enumerable.Range(firstImage, differences.Length)], differences);
}
