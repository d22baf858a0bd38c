using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Diagnostics;

/// <summary>A test set too small to detect a relevant gain.</summary>
internal static class TooFewImages
{
    /// <summary>The gain (two points) that a test should be able to detect.</summary>
    private const double GainThatMatters = 0.02;

    /// <summary>z(0.975) + z(0.8): the difference in standard errors that is detected with a power of 80%.</summary>
    private const double DetectableInStandardErrors = 1.959964 + 0.841621;

    /// <param name="gain">The student's accuracy less that of the student on hard labels.</param>
    public static DistillationFinding? Find(PairedDifference gain)
    {
        if (gain.IsGain || gain.Difference.Upper < 0)
            return null;
        if (gain.DecidingImages < PairedDifference.MinDecidingImages)
            return new DistillationFinding(DistillationFindingKind.TooFewImages,
                $"Too few images: of {Format.Count(gain.Images)} test images, {gain.DecidingImages} were decided differently with and without distillation; "
                + $"it takes at least {PairedDifference.MinDecidingImages}.");
        double detectable = DetectableInStandardErrors * gain.StandardError;
        double needed = gain.Images * Math.Pow(detectable / GainThatMatters, 2);
        return detectable <= GainThatMatters ? null : new DistillationFinding(DistillationFindingKind.TooFewImages,
            $"Too few images: {Format.Count(gain.Images)} test images show a gain of {Format.Points(detectable)} points or more in four of five cases, smaller ones less often. "
            + $"For {Format.Points(GainThatMatters)} points it takes about {Format.Count(needed)}; test over folds and seeds.");
    }
}
