using VisualSentiment.Common;

namespace VisualSentiment.Evaluation.Statistics;

/// <summary>The counts of one model in one run. Those of several runs can be added.</summary>
internal sealed class ModelTally
{
    private const double MinProbability = 1e-15;

    /// <summary>The number of tests per class of the label.</summary>
    public required int[] Tests { get; init; }

    /// <summary>The number of correct predictions per class of the label.</summary>
    public required int[] Correct { get; init; }

    /// <summary>The number of tests per class of the label (row) and predicted class (column).</summary>
    public required int[][] Confusion { get; init; }

    public double CrossEntropySum { get; set; }
    public CalibrationBins Calibration { get; init; } = new();
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
        if (polarities.Counts(label))
        {
            PolarityTests++;
            PolarityCorrect += polarities.IsCorrect(label, probabilities) ? 1 : 0;
        }
        return correct;
    }

    public static ModelTally Sum(IReadOnlyList<ModelTally> runs)
    {
        int[] PerClass(Func<ModelTally, int[]> counts) =>
            [.. Enumerable.Range(0, runs[0].Tests.Length).Select(i => runs.Sum(run => counts(run)[i]))];
        return new ModelTally
        {
            Tests = PerClass(run => run.Tests),
            Correct = PerClass(run => run.Correct),
            Confusion = [.. runs[0].Tests.Select((_, label) => PerClass(run => run.Confusion[label]))],
            CrossEntropySum = runs.Sum(run => run.CrossEntropySum),
            Calibration = CalibrationBins.Sum(runs.Select(run => run.Calibration)),
            PolarityTests = runs.Sum(run => run.PolarityTests),
            PolarityCorrect = runs.Sum(run => run.PolarityCorrect),
        };
    }
}
