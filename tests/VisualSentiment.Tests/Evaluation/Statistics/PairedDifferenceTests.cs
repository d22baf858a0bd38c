using VisualSentiment.Evaluation.Statistics;
using static VisualSentiment.Tests.Evaluation.Statistics.PairedRuns;

namespace VisualSentiment.Tests.Evaluation.Statistics;

public class PairedDifferenceTests
{
    [Fact]
    public void The_difference_is_the_share_of_images_won_minus_the_share_lost()
    {
        var gain = Gain(Run(Differences(100, better: 30, worse: 10)));

        Assert.Equal(0.2, gain.Difference.Value, 1e-12);
        Assert.Equal(40, gain.DiscordantImages);
        Assert.Equal(100, gain.Images);
        Assert.Null(gain.OverRuns);
    }

    // The standard error of a mean of n: sqrt((mean of squares - square of mean) / n).
    [Fact]
    public void Interval_of_one_run_is_that_of_the_paired_bootstrap()
    {
        var gain = Gain(Run(Differences(400, better: 120, worse: 40)));
        double standardError = Math.Sqrt((0.4 - 0.04) / 400);

        Assert.Equal(standardError, gain.StandardError, 0.04 * standardError);
        Assert.Equal(0.2 - 1.96 * standardError, gain.Difference.Lower, 0.2 * standardError);
        Assert.Equal(0.2 + 1.96 * standardError, gain.Difference.Upper, 0.2 * standardError);
    }

    [Fact]
    public void Images_on_which_both_models_agree_do_not_widen_the_interval() =>
        Assert.Equal(new IntervalEstimate(0, 0, 0), Gain(Run(Differences(50, better: 0, worse: 0))).Difference);

    [Fact]
    public void The_same_outcomes_give_the_same_interval() =>
        Assert.Equal(Gain(Run(Differences(90, 30, 20))).Difference, Gain(Run(Differences(90, 30, 20))).Difference);

    [Fact]
    public void The_order_of_rows_and_of_runs_does_not_matter()
    {
        (ulong, int)[] first = [.. Differences(60, 20, 10).Select((d, i) => ((ulong)i, d))], second = [.. Differences(40, 5, 9).Select((d, i) => ((ulong)(100 + i), d))];

        Assert.Equal(Gain(Run(first), Run(second)).Difference, Gain(Run(second), Run(first.Reverse())).Difference);
    }

    [Fact]
    public void Testing_the_same_images_again_does_not_make_the_interval_narrower()
    {
        var run = Differences(100, better: 30, worse: 20);

        Assert.Equal(Gain(Run(run)).StandardError, Gain(Run(run), Run(run), Run(run)).StandardError, 1e-12);
    }

    [Fact]
    public void Testing_other_images_makes_the_interval_narrower()
    {
        RunResult Fold(int fold) => Run(Differences(100, 30, 20).Select((d, i) => ((ulong)(1000 * fold + i), d)));
        double one = Gain(Fold(0)).StandardError;

        Assert.Equal(one / 2, Gain(Fold(0), Fold(1), Fold(2), Fold(3)).StandardError, 0.05 * one);
    }

    [Fact]
    public void Runs_that_differ_more_than_their_images_explain_make_the_interval_wider()
    {
        // On the same 200 images two runs gain 40 points, and two lose 40.
        RunResult good = Run(Differences(200, 80, 0)), bad = Run(Differences(200, 0, 80));
        var gain = Gain(good, bad, good, bad);

        Assert.Equal(0, gain.Difference.Value, 1e-12);
        Assert.InRange(gain.StandardError, 0.15, 0.3);
        Assert.Equal(Math.Sqrt(4 * 0.16 / 3), gain.OverRuns!.StandardDeviation, 1e-12);
    }

    [Fact]
    public void A_gain_on_a_few_images_is_not_significant()
    {
        var gain = Gain(Run(Differences(100, better: 9, worse: 0)));

        Assert.True(gain.Difference.Lower > 0);
        Assert.False(gain.IsGain);
        Assert.True(Gain(Run(Differences(100, better: 10, worse: 0))).IsGain);
    }

    [Fact]
    public void Interval_of_one_run_covers_the_truth_in_95_of_100_cases()
    {
        var random = new Random(1);

        Assert.InRange(Coverage(0.15, () => [Simulate(random, Enumerable.Range(0, 150), runEffect: 0, hardness: _ => 0)]), 0.90, 0.99);
    }

    [Fact]
    public void Interval_over_folds_and_seeds_covers_the_truth_where_only_images_differ()
    {
        var random = new Random(2);

        Assert.InRange(Coverage(0.15, () =>
        {
            double[] hardness = Hardness(random);
            return [.. Enumerable.Range(0, 6).Select(run =>
                Simulate(random, Enumerable.Range(75 * (run % 2), 75), runEffect: 0, image => hardness[image]))];
        }), 0.90, 0.99);
    }

    [Fact]
    public void Interval_over_folds_and_seeds_covers_the_truth_where_images_and_runs_differ()
    {
        var random = new Random(3);

        Assert.InRange(Coverage(0.15, () =>
        {
            double[] hardness = Hardness(random);
            return [.. Enumerable.Range(0, 10).Select(run =>
                Simulate(random, Enumerable.Range(75 * (run % 2), 75), 0.12 * (2 * random.NextDouble() - 1), image => hardness[image]))];
        }), 0.88, 0.99);
    }

    [Fact]
    public void Interval_over_three_seeds_covers_the_truth_where_runs_differ_strongly()
    {
        var random = new Random(4);

        Assert.InRange(Coverage(0.15, () =>
        {
            double[] hardness = Hardness(random);
            return [.. Enumerable.Range(0, 3).Select(_ =>
                Simulate(random, Enumerable.Range(0, 150), 0.2 * (2 * random.NextDouble() - 1), image => hardness[image] / 2))];
        }, simulations: 200), 0.92, 0.99);
    }

    // Every run has the same difference on every image, so that the interval is that of a mean of three numbers: 4.3027 is
    // the 0.975 quantile of Student's t with 2 degrees of freedom.
    [Fact]
    public void Interval_over_runs_with_variance_between_runs_is_that_of_Students_t()
    {
        RunResult Constant(int better) => Run(Enumerable.Range(0, 4000).Select(i => ((ulong)i, i % 10 < better ? 1 : 0)));
        var gain = Gain(Constant(1), Constant(3), Constant(8));
        double standardError = gain.OverRuns!.StandardDeviation / Math.Sqrt(3);

        Assert.Equal(0.4, gain.Difference.Value, 1e-12);
        Assert.Equal(0.4 - 4.3027 * standardError, gain.Difference.Lower, 0.5 * standardError);
        Assert.Equal(0.4 + 4.3027 * standardError, gain.Difference.Upper, 0.5 * standardError);
    }

    private static double[] Hardness(Random random) => [.. Enumerable.Range(0, 150).Select(_ => random.Next(2) == 0 ? 0.16 : -0.16)];

    // An image is won with 30% and lost with 15%, both shifted by the run's luck and by the image.
    private static RunResult Simulate(Random random, IEnumerable<int> images, double runEffect, Func<int, double> hardness) =>
        Run(images.Select(image =>
        {
            double won = 0.3 + (runEffect + hardness(image)) / 2, lost = 0.15 - (runEffect + hardness(image)) / 2, drawn = random.NextDouble();
            return ((ulong)image, drawn < won ? 1 : drawn < won + lost ? -1 : 0);
        }).ToArray());

    private static double Coverage(double truth, Func<RunResult[]> simulate, int simulations = 100)
    {
        return Enumerable.Range(0, simulations).Count(_ => Gain(simulate()).Difference is var interval && interval.Lower <= truth && truth <= interval.Upper)
            / (double)simulations;
    }
}
