using VisualSentiment.Common;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Statistics;

public class ModelTallyTests
{
    private readonly ModelTally _tally = ModelTally.Empty(3);
    private readonly PolarityMap _polarities = new(["fear", "joy", "surprise"], null);

    public ModelTallyTests()
    {
        Add(0, 0.5f, 0.3f, 0.2f);   // right
        Add(0, 0.25f, 0.5f, 0.25f); // wrong, and on the wrong side
        Add(0, 0.3f, 0.2f, 0.5f);   // wrong, but on the right side
        Add(1, 0.25f, 0.5f, 0.25f); // right
    }

    [Fact]
    public void Accuracy_is_the_share_of_tests_that_the_label_wins() => Assert.Equal(0.5, _tally.Accuracy);

    [Fact]
    public void Recall_is_the_share_of_a_classes_own_tests() => Assert.Equal([1.0 / 3, 1.0, null], Enumerable.Range(0, 3).Select(_tally.Recall));

    [Fact]
    public void Macro_accuracy_is_the_mean_recall_of_the_classes_that_were_tested() => Assert.Equal(2.0 / 3, _tally.MacroAccuracy, 1e-12);

    [Fact]
    public void Cross_entropy_is_the_mean_of_minus_the_logarithm_of_the_labels_probability() =>
        Assert.Equal((Math.Log(2) + Math.Log(4) + Math.Log(1 / 0.3) + Math.Log(2)) / 4, _tally.CrossEntropy, 1e-7);

    [Fact]
    public void A_label_with_probability_zero_has_a_finite_loss()
    {
        var tally = ModelTally.Empty(3);
        tally.Add(2, [0.5f, 0.5f, 0], _polarities);

        Assert.Equal(15 * Math.Log(10), tally.CrossEntropy, 1e-9);
    }

    [Fact]
    public void Polarity_accuracy_compares_only_the_polarity() => Assert.Equal(0.75, _tally.PolarityAccuracy);

    [Fact]
    public void Neutral_images_are_left_out_of_polarity_accuracy()
    {
        Add(2, 0.9f, 0.05f, 0.05f);

        Assert.Equal(4, _tally.PolarityTests);
    }

    [Fact]
    public void Without_both_polarities_there_is_no_polarity_accuracy()
    {
        var tally = ModelTally.Empty(2);
        tally.Add(0, [0.9f, 0.1f], new PolarityMap(["left", "right"], null));

        Assert.Null(tally.PolarityAccuracy);
    }

    [Fact]
    public void Tallies_of_runs_add_up()
    {
        ModelTally sum = ModelTally.Sum([_tally, _tally]);

        Assert.Equal([6, 2, 0], sum.Tests);
        Assert.Equal([2, 2, 0], sum.Correct);
        Assert.Equal(_tally.CrossEntropy, sum.CrossEntropy, 1e-12);
        Assert.Equal(_tally.Calibration.ExpectedError, sum.Calibration.ExpectedError, 1e-12);
        Assert.Equal(_tally.PolarityAccuracy, sum.PolarityAccuracy);
    }

    private void Add(int label, params float[] probabilities) => _tally.Add(label, probabilities, _polarities);
}
