using VisualSentiment.Common;

namespace VisualSentiment.Evaluation.Statistics;

/// <summary>The counts of one model in one run. Those of several runs can be added.</summary>
internal sealed class ModelTally
{
    private const double MinProbability = 1e-15;

    /// <summary>The minimum confidences of <see cref="Kept"/>.</summary>
    public static readonly double[] Thresholds = [0.5, 0.7, 0.9];

    /// <summary>The number of tests per class of the label.</summary>
    public required int[] Tests { get; init; }

    /// <summary>The number of correct predictions per class of the label.</summary>
    public required int[] Correct { get; init; }

    /// <summary>The number of tests per class of the label (row) and predicted class (column).</summary>
    public required int[][] Confusion { get; init; }

    public double CrossEntropySum { get; set; }
    public CalibrationBins Calibration { get; init; } = new();

    /// <summary>The number of tests whose label is one of the two most probable classes.</summary>
    public int TopTwo { get; set; }

    /// <summary>The number of tests with at least the confidence of each threshold.</summary>
    public int[] Kept { get; init; } = new int[Thresholds.Length];

    /// <summary>The number of correct predictions among <see cref="Kept"/>.</summary>
    public int[] KeptCorrect { get; init; } = new int[Thresholds.Length];

    public int PolarityTests { get; set; }
    public int PolarityCorrect { get; set; }

    public double Accuracy => (double)Correct.Sum() / Tests.Sum();
    public double MacroAccuracy => Enumerable.Range(0, Tests.Length).Select(Recall).Average()!.Value;
    public double CrossEntropy => CrossEntropySum / Tests.Sum();
    public double? PolarityAccuracy => PolarityTests == 0 ? null : (double)PolarityCorrect / PolarityTests;

    public static ModelTally Empty(int classes) => new()
    {
        Tests = new int[classes],
        Correct = new int[classes],
        Confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])],
    };

    public double? Recall(int label) => Tests[label] == 0 ? null : (double)Correct[label] / Tests[label];

    /// <summary>Counts one test.</summary>
    /// <returns>Whether the prediction is correct.</returns>
    public bool Add(int label, ReadOnlySpan<float> probabilities, PolarityMap polarities)
    {
        int winner = ArgMax.Of(probabilities);
        bool correct = winner == label;
        Tests[label]++;
        Correct[label] += correct ? 1 : 0;
        Confusion[label][winner]++;
        CrossEntropySum -= Math.Log(Math.Max(probabilities[label], MinProbability));
        Calibration.Add(probabilities[winner], correct);
        TopTwo += RankOf(label, probabilities) < 2 ? 1 : 0;
        for (int i = 0; i < Thresholds.Length; i++)
            if (probabilities[winner] >= (float)Thresholds[i])
            {
                Kept[i]++;
                KeptCorrect[i] += correct ? 1 : 0;
            }
        if (polarities.Counts(label))
        {
            PolarityTests++;
            PolarityCorrect += polarities.IsCorrect(label, probabilities) ? 1 : 0;
        }
        return correct;
    }

    public static ModelTally Sum(IReadOnlyList<ModelTally> runs)
    {
        int[] Sums(Func<ModelTally, int[]> counts) =>
            [.. counts(runs[0]).Select((_, i) => runs.Sum(run => counts(run)[i]))];
        return new ModelTally
        {
            Tests = Sums(run => run.Tests),
            Correct = Sums(run => run.Correct),
            Confusion = [.. runs[0].Tests.Select((_, label) => Sums(run => run.Confusion[label]))],
            TopTwo = runs.Sum(run => run.TopTwo),
            Kept = Sums(run => run.Kept),
            KeptCorrect = Sums(run => run.KeptCorrect),
            CrossEntropySum = runs.Sum(run => run.CrossEntropySum),
            Calibration = CalibrationBins.Sum(runs.Select(run => run.Calibration)),
            PolarityTests = runs.Sum(run => run.PolarityTests),
            PolarityCorrect = runs.Sum(run => run.PolarityCorrect),
        };
    }

    // Of equal probabilities the first is the more probable one, as in ArgMax.
    private static int RankOf(int label, ReadOnlySpan<float> probabilities)
    {
        int rank = 0;
        for (int i = 0; i < probabilities.Length; i++)
            if (probabilities[i] > probabilities[label] || (i < label && probabilities[i] == probabilities[label]))
                rank++;
        return rank;
    }
}
