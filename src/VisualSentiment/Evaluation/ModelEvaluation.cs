using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment;

/// <summary>
/// The metrics of one model on the test images. The metrics of several runs are those of all their tests together;
/// the members named <c>OverRuns</c> are computed from the metrics of the single runs.
/// </summary>
public sealed class ModelEvaluation
{
    private ModelEvaluation(ModelTally tally, IntervalEstimate accuracy, IReadOnlyDictionary<string, double?> recall)
    {
        Tally = tally;
        Accuracy = accuracy;
        Recall = recall;
    }

    /// <summary>
    /// Gets the accuracy (0 to 1) with its Wilson interval. The width of the interval depends on the number of
    /// different images, not of tests, because several tests of one image are not independent.
    /// </summary>
    public IntervalEstimate Accuracy { get; }

    /// <summary>Gets the share (0 to 1) of tests whose label is one of the two most probable classes.</summary>
    public double TopTwoAccuracy => (double)Tally.TopTwo / Tally.Tests.Sum();

    /// <summary>
    /// Gets the share and the accuracy of the predictions with a confidence of at least 0.5, 0.7 and 0.9, for an
    /// application that rejects the others.
    /// </summary>
    public IReadOnlyList<ConfidenceCoverage> Coverage =>
    [
        .. ModelTally.Thresholds.Select((threshold, i) => new ConfidenceCoverage(threshold,
            (double)Tally.Kept[i] / Tally.Tests.Sum(),
            Tally.Kept[i] == 0 ? null : (double)Tally.KeptCorrect[i] / Tally.Kept[i])),
    ];

    /// <summary>Gets the mean recall (0 to 1) of the classes with test images.</summary>
    public double MacroAccuracy => Tally.MacroAccuracy;

    /// <summary>Gets the mean of -ln p(label), in nats. Probabilities below 1e-15 count as 1e-15.</summary>
    public double CrossEntropy => Tally.CrossEntropy;

    /// <summary>
    /// Gets the expected calibration error (0 to 1): the mean absolute difference between confidence and accuracy over
    /// 15 bins of equal width, weighted by the number of tests (Guo et al. 2017, equation 3).
    /// </summary>
    public double CalibrationError => Tally.Calibration.ExpectedError;

    /// <summary>
    /// Gets the share (0 to 1) of the tests with a positive or negative label in which the classes of the label's
    /// polarity have the larger sum of probabilities; null if the classes, or the labels, do not have both polarities.
    /// Neutral classes and those of <see cref="DistillationReport.ClassesWithoutPolarity"/> are excluded.
    /// </summary>
    public double? PolarityAccuracy => Tally.PolarityAccuracy;

    /// <summary>Gets the recall (0 to 1) of each class; null for a class without test images.</summary>
    public IReadOnlyDictionary<string, double?> Recall { get; }

    /// <summary>
    /// Gets the confusion matrix [C, C] of counts, with labels as rows and predictions as columns, in the order of the
    /// classes.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix => Tally.Confusion;

    /// <summary>Gets the distribution of the accuracy over runs; null for a single run.</summary>
    public RunSpread? AccuracyOverRuns { get; private init; }

    /// <summary>Gets the distribution of the macro accuracy over runs; null for a single run.</summary>
    public RunSpread? MacroAccuracyOverRuns { get; private init; }

    /// <summary>Gets the distribution of the cross-entropy over runs; null for a single run.</summary>
    public RunSpread? CrossEntropyOverRuns { get; private init; }

    /// <summary>Gets the distribution of the expected calibration error over runs; null for a single run.</summary>
    public RunSpread? CalibrationErrorOverRuns { get; private init; }

    /// <summary>The counts of all runs together.</summary>
    internal ModelTally Tally { get; }

    /// <param name="runs">The counts of each run.</param>
    /// <param name="classes">The names of the C classes.</param>
    /// <param name="images">The number of different test images in all runs together.</param>
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

/// <summary>The predictions with a minimum confidence.</summary>
/// <param name="Confidence">The minimum probability (0 to 1) of the predicted class.</param>
/// <param name="Share">The share (0 to 1) of tests with at least this confidence.</param>
/// <param name="Accuracy">The accuracy (0 to 1) of these tests; null if there are none.</param>
public sealed record ConfidenceCoverage(double Confidence, double Share, double? Accuracy);
