using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Statistics;

public class CalibrationBinsTests
{
    [Fact]
    public void The_error_is_the_mean_distance_of_confidence_and_accuracy_weighted_by_tests()
    {
        var bins = new CalibrationBins();
        bins.Add(0.90, true);   // the bin (0.8667, 0.9333]: confidence 0.9, accuracy 2/3
        bins.Add(0.92, false);
        bins.Add(0.88, true);
        bins.Add(0.50, false);  // the bin (0.4667, 0.5333]: confidence 0.5, accuracy 0

        Assert.Equal(0.75 * (0.9 - 2.0 / 3) + 0.25 * 0.5, bins.ExpectedError, 1e-12);
    }

    [Fact]
    public void A_bin_holds_its_upper_end_and_not_its_lower()
    {
        var bins = new CalibrationBins();
        bins.Add(0.2, true);
        bins.Add(0.2000001, true);

        Assert.Equal([2, 3], bins.Tests.Index().Where(bin => bin.Item > 0).Select(bin => bin.Index));
    }

    [Theory]
    [InlineData(1.0, 14)]
    [InlineData(1.0000001, 14)]
    [InlineData(0.0, 0)]
    public void Confidences_of_zero_and_one_have_a_bin(double confidence, int expected)
    {
        var bins = new CalibrationBins();
        bins.Add(confidence, true);

        Assert.Equal(1, bins.Tests[expected]);
    }

    [Fact]
    public void Confident_correct_predictions_have_no_calibration_error()
    {
        var bins = new CalibrationBins();
        bins.Add(1, true);

        Assert.Equal(0, bins.ExpectedError);
    }

    [Fact]
    public void Bins_of_runs_add_up()
    {
        CalibrationBins one = new(), other = new();
        one.Add(0.9, true);
        other.Add(0.9, false);

        Assert.Equal(0.4, CalibrationBins.Sum([one, other]).ExpectedError, 1e-12);
    }
}
