namespace VisualSentiment.Evaluation.Statistics;

/// <summary>The difference of two models' accuracies, paired over images and runs.</summary>
/// <param name="Difference">The difference over all tests, with its bootstrap interval.</param>
/// <param name="StandardError">The square root of the variance from images and runs together.</param>
/// <param name="Images">The number of different test images.</param>
/// <param name="DiscordantImages">The number of images on which exactly one of the models is correct in a run.</param>
/// <param name="OverRuns">The differences of the runs.</param>
internal sealed record PairedDifference(IntervalEstimate Difference, double StandardError, int Images,
    int DiscordantImages, RunSpread? OverRuns)
{
    private const int Draws = 4000;
    private const int Seed = 20260;

    /// <summary>
    /// With fewer discordant images, the bootstrap interval is too narrow: with five, all for one model, it excludes
    /// zero, but the p-value of a sign test is 0.06.
    /// </summary>
    public const int MinDiscordantImages = 10;

    private const double ZInterval = 1.959964, ZPower = 0.841621;

    /// <summary>Whether the first model is significantly better.</summary>
    public bool IsGain => Difference.Lower > 0 && DiscordantImages >= MinDiscordantImages;

    /// <summary>Whether the first model is significantly worse.</summary>
    public bool IsLoss => Difference.Upper < 0 && DiscordantImages >= MinDiscordantImages;

    /// <summary>The difference that a test with these images and runs detects with a power of 80%.</summary>
    /// <remarks>With few runs, the interval is wider than the standard error implies.</remarks>
    public double Detectable => (ZInterval + ZPower)
        * Math.Max(StandardError, (Difference.Upper - Difference.Lower) / 2 / ZInterval);

    /// <summary>
    /// A semi-parametric bootstrap for crossed runs and images. A draw resamples images with replacement, each with all
    /// of its tests in all runs, because the tests of one image are correlated (cluster bootstrap; Field and Welsh
    /// 2007). With several runs it adds a deviation for the randomness of training, which is a separate source of
    /// variance (Bouthillier et al. 2021). The deviation is normal, and its variance is drawn as well
    /// (<see cref="RunEffect"/>). If runs differ far more than their images explain, it has Student's t distribution
    /// with the number of runs minus one as degrees of freedom. Resampling runs as well as images would count the
    /// variance of single tests up to three times (Owen 2007, "The pigeonhole bootstrap"). With one run this is the
    /// paired bootstrap (Efron and Tibshirani 1993).
    /// </summary>
    /// <remarks>The seed is fixed, and the result does not depend on the order of rows.</remarks>
    public static PairedDifference Of(IReadOnlyList<RunResult> runs, CorrectModels first, CorrectModels second)
    {
        PairedRun[] paired = Pair(runs, first, second, out int images);
        int[] sums = new int[images], tests = new int[images];
        foreach (PairedRun run in paired)
            for (int i = 0; i < run.Count; i++)
            {
                sums[run.Images[i]] += run.Differences[i];
                tests[run.Images[i]]++;
            }
        var runEffect = RunEffect.Of(paired, images);
        double[] draws = Draw(sums, tests, runEffect, out double imageVariance);
        return new PairedDifference(
            new IntervalEstimate((double)sums.Sum() / tests.Sum(), Percentile(draws, 0.025), Percentile(draws, 0.975)),
            Math.Sqrt(imageVariance + runEffect.VarianceOfMean),
            images,
            paired.SelectMany(run => run.Images.Where((_, i) => run.Differences[i] != 0)).Distinct().Count(),
            RunSpread.Of([.. paired.Select(run => run.Mean)]));
    }

    private static PairedRun[] Pair(IReadOnlyList<RunResult> runs, CorrectModels first, CorrectModels second,
        out int images)
    {
        // Sorted, so that the draws do not depend on the order of rows.
        var positions = new Dictionary<ulong, int>();
        foreach (ulong image in runs.SelectMany(run => ImageOutcome.Read(run.Images)).Select(test => test.Image)
            .Distinct().Order())
            positions.Add(image, positions.Count);
        images = positions.Count;
        return [.. runs.Select(run =>
        {
            ImageOutcome[] tests = [.. ImageOutcome.Read(run.Images)];
            return new PairedRun(
                Array.ConvertAll(tests, test => positions[test.Image]),
                Array.ConvertAll(tests, test => test.IsCorrect(first) - test.IsCorrect(second)));
        })];
    }

    private static double[] Draw(int[] sums, int[] tests, RunEffect runEffect, out double imageVariance)
    {
        // A separate generator for variances, so that the images of a draw do not depend on the number of runs.
        Random random = new(Seed), variances = new(Seed + 1);
        double[] means = new double[Draws], draws = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            long sum = 0, count = 0;
            for (int i = 0; i < sums.Length; i++)
            {
                int image = random.Next(sums.Length);
                sum += sums[image];
                count += tests[image];
            }
            means[draw] = (double)sum / count;
            draws[draw] = means[draw] + Math.Sqrt(runEffect.DrawVarianceOfMean(variances)) * NormalDraw.Next(random);
        }
        double mean = means.Average();
        imageVariance = means.Sum(value => (value - mean) * (value - mean)) / (Draws - 1);
        Array.Sort(draws);
        return draws;
    }

    private static double Percentile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return double.Lerp(sorted[below], sorted[below + 1], position - below);
    }
}
