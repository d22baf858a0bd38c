namespace VisualSentiment.Evaluation.Statistics;

/// <summary>The difference of two models' accuracies, paired over images and runs, and what chance alone could do to it.</summary>
/// <param name="Difference">The difference over all tests, with its bootstrap interval (percentiles 2.5 and 97.5).</param>
/// <param name="StandardError">The square root of the variance from images and runs together.</param>
/// <param name="Images">How many different images were tested.</param>
/// <param name="DecidingImages">How many of them the two models decided differently, in any run.</param>
/// <param name="OverRuns">The differences of the runs.</param>
internal sealed record PairedDifference(IntervalEstimate Difference, double StandardError, int Images, int DecidingImages, RunSpread? OverRuns)
{
    private const int Draws = 4000;
    private const int Seed = 20260;

    /// <summary>
    /// Fewer images than these that tell two models apart are no evidence: the percentiles of so few are too narrow
    /// (five that all speak for one side have a sign-test p of 0.06, and a bootstrap interval that excludes zero).
    /// </summary>
    public const int MinDecidingImages = 10;

    /// <summary>Whether the first model is better: the interval lies above zero and rests on enough images.</summary>
    public bool IsGain => Difference.Lower > 0 && DecidingImages >= MinDecidingImages;

    /// <summary>
    /// A semi-parametric bootstrap for crossed runs and images. A draw resamples images with replacement, each with all
    /// of its tests in all runs, because an image that is hard for one run is hard for the next (cluster bootstrap;
    /// Field and Welsh 2007). With several runs it adds a deviation for the randomness of training, a source of
    /// variance of its own (Bouthillier et al. 2021): normal, with a variance that is itself drawn from what
    /// <see cref="RunEffect"/> measured. Where runs differ far more than their images explain, that deviation has Student's
    /// t distribution with as many degrees of freedom as there are runs, less one. Resampling runs as well as images
    /// would count the noise of single tests up to three times (Owen 2007, "The pigeonhole bootstrap").
    /// </summary>
    /// <remarks>With one run this is the ordinary paired bootstrap (Efron and Tibshirani 1993). The draws are the same every
    /// time, and do not depend on the order of rows.</remarks>
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

    /// <summary>The difference in words, such as +2.1 points (95% interval +0.3 to +4.0, 57 images decided differently).</summary>
    public string Describe() => $"{Format.Points(Difference).TrimEnd(')')}, {Format.Count(DecidingImages)} images decided differently)";

    private static PairedRun[] Pair(IReadOnlyList<RunResult> runs, CorrectModels first, CorrectModels second, out int images)
    {
        // In the order of their numbers, so that rows in another order give the same draws.
        var positions = new Dictionary<ulong, int>();
        foreach (ulong image in runs.SelectMany(run => ImageOutcome.Read(run.Images)).Select(test => test.Image).Distinct().Order())
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
        // Variances have a sequence of their own, so that the images of a draw do not depend on the number of runs.
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
