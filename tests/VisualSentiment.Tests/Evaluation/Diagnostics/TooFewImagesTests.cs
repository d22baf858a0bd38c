using VisualSentiment.Evaluation.Diagnostics;
using static VisualSentiment.Tests.Evaluation.Statistics.PairedRuns;

namespace VisualSentiment.Tests.Evaluation.Diagnostics;

public class TooFewImagesTests
{
    // Standard error sqrt(0.4 / 400) = 3.16 points, of which 2.8 are 8.9; two points take (8.9 / 2)^2 as many images.
    [Fact]
    public void The_required_number_of_images_is_named()
    {
        var finding = Findings.TooFewImages(Gain(Run(Differences(400, better: 80, worse: 80))));

        Assert.Equal(DistillationFindingKind.TooFewImages, finding?.Kind);
        Assert.Matches(@"a gain of \+2.0 points requires about [78],\d{3} test images .* not 400\.", finding!.Message);
    }

    [Fact]
    public void A_test_that_can_detect_two_points_is_large_enough() =>
        Assert.Null(Findings.TooFewImages(Gain(Run(Differences(4000, better: 100, worse: 100)))));

    [Fact]
    public void A_significant_loss_needs_no_more_images() => Assert.Null(Findings.TooFewImages(Gain(Run(Differences(100, better: 0, worse: 50)))));

    [Fact]
    public void A_few_deciding_images_are_too_few_for_any_interval() =>
        Assert.Contains("at least 10 images are required on which exactly one of the two students is correct, instead of 6.", Findings.TooFewImages(Gain(Run(Differences(100, better: 6, worse: 0))))!.Message, StringComparison.Ordinal);
}
