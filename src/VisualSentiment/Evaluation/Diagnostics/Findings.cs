using System.Globalization;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Diagnostics;

/// <summary>The verdict on a distillation and its likely causes.</summary>
internal static class Findings
{
    /// <summary>
    /// From this share of ln C on, targets count as flat. It is the entropy of a teacher with a confidence of 70% in
    /// one of six classes at T = 2.6: its winner keeps 34%, and each other class gets 13%.
    /// </summary>
    private const double FlatEntropy = 0.95;

    private const double MemorizedAccuracy = 0.95, MemorizedConfidence = 0.9;

    /// <summary>The minimum difference between training and test accuracy of a teacher that overfits.</summary>
    private const double OverfittedBy = 0.2;

    private const double StillFalling = 0.1;

    /// <summary>The gain that a test should be able to detect: two points.</summary>
    private const double RelevantGain = 0.02;

    /// <summary>z(0.975) + z(0.8): the difference in standard errors that is detected with a power of 80%.</summary>
    private const double DetectableInStandardErrors = 1.959964 + 0.841621;

    /// <summary>Empty if the gain is significant. Without a student on hard labels there is no verdict.</summary>
    /// <param name="gain">Student minus hard labels; null without the latter.</param>
    /// <param name="gap">Teacher minus hard labels; null without either.</param>
    /// <param name="teacherAccuracy">On the test images; null without a teacher.</param>
    /// <param name="diagnostics">Measurements of the training.</param>
    public static IReadOnlyList<DistillationFinding> Find(
        PairedDifference? gain, PairedDifference? gap, double? teacherAccuracy, TrainingDiagnostics diagnostics)
    {
        if (gain is { IsGain: true })
            return [];
        DistillationFinding?[] findings =
        [
            gain is null ? null : Verdict(gain),
            FlatSoftTargets(diagnostics),
            teacherAccuracy is { } accuracy ? MemorizedTeacher(diagnostics, accuracy) : null,
            gap is null ? null : WeakTeacher(gap),
            TooFewSteps(diagnostics),
            gain is null ? null : TooFewImages(gain),
        ];
        return [.. findings.OfType<DistillationFinding>()];
    }

    /// <summary>
    /// The share of the total decrease of the loss that belongs to the last quarter of the epochs. It is relative to
    /// the decrease and not to the loss, because the cross-entropy with soft targets is never below the targets' own
    /// entropy.
    /// </summary>
    /// <returns>Null for a single epoch, or if the loss did not decrease.</returns>
    public static double? LateLossFall(IReadOnlyList<EpochResult> history)
    {
        if (history.Count < 2)
            return null;
        int quarter = (history.Count + 3) / 4;
        double last = history[^1].Loss, fall = history[0].Loss - last;
        return fall > 0 ? Math.Clamp((history[^(quarter + 1)].Loss - last) / fall, 0, 1) : null;
    }

    internal static DistillationFinding? FlatSoftTargets(TrainingDiagnostics diagnostics) =>
        diagnostics is { SoftTargetEntropy: >= FlatEntropy and var entropy, Temperature: var temperature }
            ? new(DistillationFindingKind.SoftTargetsTooFlat, string.Create(CultureInfo.InvariantCulture,
                $"Soft targets are too flat at T = {temperature:0.##}: their mean entropy is ")
                + $"{Format.Percent(entropy)} of that of the uniform distribution, so they carry little information. "
                + "Lower the temperature, or use a loss that standardizes logits.")
            : null;

    internal static DistillationFinding? MemorizedTeacher(TrainingDiagnostics diagnostics, double testAccuracy) =>
        diagnostics is { TeacherTrainingAccuracy: >= MemorizedAccuracy and var accuracy,
            TeacherTrainingConfidence: >= MemorizedConfidence and var confidence }
            && accuracy - testAccuracy >= OverfittedBy
            ? new(DistillationFindingKind.MemorizedTeacher,
                $"The teacher memorized its training images: its accuracy on them is {Format.Percent(accuracy)} with "
                + $"a mean confidence of {Format.Percent(confidence)}, and {Format.Percent(testAccuracy)} on test "
                + "images. Its soft targets are close to hard labels. Use out-of-fold scores, or regularize the teacher.")
            : null;

    internal static DistillationFinding? WeakTeacher(PairedDifference gap) => gap.IsGain ? null
        : new(DistillationFindingKind.TeacherNoBetter,
            "The teacher is not significantly better than the student on hard labels: "
            + $"the difference is {gap.Describe()}. Use a better teacher.");

    internal static DistillationFinding? TooFewSteps(TrainingDiagnostics diagnostics) =>
        diagnostics.LateLossFall is >= StillFalling and var share
            ? new(DistillationFindingKind.TooFewSteps,
                "Training stopped too early: the last quarter of the epochs accounts for "
                + $"{Format.Percent(share)} of the decrease of the training loss. Train longer.")
            : null;

    internal static DistillationFinding? TooFewImages(PairedDifference gain)
    {
        if (gain.IsGain || gain.Difference.Upper < 0)
            return null;
        if (gain.DiscordantImages < PairedDifference.MinDiscordantImages)
            return new(DistillationFindingKind.TooFewImages,
                "Too few images: exactly one of the two students is correct on "
                + $"{gain.DiscordantImages} of {Format.Count(gain.Images)} test images; "
                + $"at least {PairedDifference.MinDiscordantImages} are required.");
        double detectable = DetectableInStandardErrors * gain.StandardError;
        double required = gain.Images * Math.Pow(detectable / RelevantGain, 2);
        return detectable <= RelevantGain ? null : new(DistillationFindingKind.TooFewImages,
            $"Too few images: with {Format.Count(gain.Images)} test images, the power is 80% for a gain of "
            + $"{Format.Points(detectable)} points, and lower for smaller gains. {Format.Points(RelevantGain)} points "
            + $"require about {Format.Count(required)} images; test over folds and seeds.");
    }

    private static DistillationFinding? Verdict(PairedDifference gain) => gain.Difference.Lower > 0 ? null
        : new(DistillationFindingKind.DidNotBeatHardLabels, gain.Difference.Upper < 0
            ? $"Distillation was worse than hard labels: {gain.Describe()}."
            : $"Distillation did not beat hard labels: the difference is {gain.Describe()}.");
}
