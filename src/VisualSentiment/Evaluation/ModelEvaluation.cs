using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment;

/// <summary>
/// How well one model does on the test images. Of several runs, all tests of all images are counted together; how the
/// runs differ is beside it.
/// </summary>
public sealed class ModelEvaluation
{
    private ModelEvaluation(ModelTally tally, IntervalEstimate accuracy, IReadOnlyDictionary<string, double?> recall)
    {
        Tally = tally;
        Accuracy = accuracy;
        Recall = recall;
        MacroAccuracy = tally.MacroAccuracy;
        CrossEntropy = tally.CrossEntropy;
        CalibrationError = tally.Calibration.ExpectedError;
        PolarityAccuracy = tally.PolarityAccuracy;
    }

    /// <summary>
    /// The share (0 to 1) of tests in which the label wins, with its Wilson interval. An image that several runs tested
    /// counts once in the width of the interval: testing it again does not make it another image.
    /// </summary>
    public IntervalEstimate Accuracy { get; }

    /// <summary>The mean of the recalls of the classes that were tested, 0 to 1.</summary>
    public double MacroAccuracy { get; }

    /// <summary>The mean of -ln p(label) in nats; a probability below 1e-15 counts as that.</summary>
    public double CrossEntropy { get; }

    /// <summary>
    /// The expected calibration error, 0 to 1: the mean distance of confidence and accuracy over 15 bins of confidence of the
    /// same width, weighted by their tests (Guo et al. 2017, equation 3).
    /// </summary>
    public double CalibrationError { get; }

    /// <summary>
    /// The share (0 to 1) of the tests of positive and negative images in which the probabilities of the right side's
    /// classes have the larger sum; null where the classes or images are not on both sides. Neutral classes are left
    /// out, and those of <see cref="DistillationReport.ClassesWithoutPolarity"/>.
    /// </summary>
    public double? PolarityAccuracy { get; }

    /// <summary>For every class, the share (0 to 1) of its tests in which it wins; null for a class that was not tested.</summary>
    public IReadOnlyDictionary<string, double?> Recall { get; }

    /// <summary>
    /// The confusion matrix [C, C]: tests by the class of the label (row) and the predicted class (column), in the
    /// order of the classes.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix => Tally.Confusion;

    /// <summary>The accuracies of the runs; null for a single run, as for the following.</summary>
    public RunSpread? AccuracyOverRuns { get; private init; }

    /// <summary>The macro accuracies of the runs.</summary>
    public RunSpread? MacroAccuracyOverRuns { get; private init; }

    /// <summary>The cross-entropies of the runs.</summary>
    public RunSpread? CrossEntropyOverRuns { get; private init; }

    /// <summary>The expected calibration errors of the runs.</summary>
    public RunSpread? CalibrationErrorOverRuns { get; private init; }

    /// <summary>What was counted in all runs together.</summary>
    internal ModelTally Tally { get; }

    /// <param name="runs">What was counted in each run.</param>
    /// <param name="classes">The names of the C classes.</param>
    /// <param name="images">How many different images were tested in all runs together.</param>
    internal static ModelEvaluation Of(IReadOnlyList<ModelTally> runs, IReadOnlyList<string> classes, int images)
    {
        ModelTally all = ModelTally.Sum(runs);
        var recall = new OrderedDictionary<string, double?>(StringComparer.Ordinal);
        for (int i = 0; i < classes.Count; i++)
            recall.Add(classes[i], all.Recall(i));

        RunSpread? Spread(Func<ModelTally, double> figure) => RunSpread.Of([.. runs.Select(figure)]);
        return new ModelEvaluation(all, WilsonInterval.Of(all.Accuracy, images), recall)
        {
            AccuracyOverRuns = Spread(run => run.Accuracy),
            MacroAccuracyOverRuns = Spread(run => run.MacroAccuracy),
            CrossEntropyOverRuns = Spread(run => run.CrossEntropy),
            CalibrationErrorOverRuns = Spread(run => run.Calibration.ExpectedError),
        };
    }
}
