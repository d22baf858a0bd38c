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

    private const string MoreTests = "Evaluate over `ml.Data.StratifiedFolds(images)` and several seeds, and use "
        + "`DistillationReport.Combine(reports)`.";

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
            gain is null ? null
                : new(DistillationFindingKind.DidNotBeatHardLabels, Verdict.Of(gain, "labels only").Message),
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
                + "Use a lower temperature, such as `Loss = DistillationLosses.Hinton(temperature: 1)`, or standardize "
                + "the logits: `Loss = DistillationLosses.Hinton().Standardized()`.")
            : null;

    internal static DistillationFinding? MemorizedTeacher(TrainingDiagnostics diagnostics, double testAccuracy) =>
        diagnostics is { TeacherTrainingAccuracy: >= MemorizedAccuracy and var accuracy,
            TeacherTrainingConfidence: >= MemorizedConfidence and var confidence }
            && accuracy - testAccuracy >= OverfittedBy
            ? new(DistillationFindingKind.MemorizedTeacher,
                $"The teacher memorized its training images: its accuracy on them is {Format.Percent(accuracy)} with "
                + $"a mean confidence of {Format.Percent(confidence)}, and {Format.Percent(testAccuracy)} on test "
                + "images. Its soft targets are close to the labels. Use out-of-fold scores: "
                + "`Teachers.OutOfFold(teacher)`.")
            : null;

    internal static DistillationFinding? WeakTeacher(PairedDifference gap) => gap.IsGain ? null
        : new(DistillationFindingKind.TeacherNoBetter,
            "The teacher is not shown to be better than the student on labels only: the difference is "
            + $"{Format.Points(gap.Difference.Value)} points. Use a pretrained teacher, such as `Teachers.ResNet18()`.");

    internal static DistillationFinding? TooFewSteps(TrainingDiagnostics diagnostics) =>
        diagnostics.LateLossFall is >= StillFalling and var share
            ? new(DistillationFindingKind.TooFewSteps,
                "Training stopped too early: the last quarter of the epochs accounts for "
                + $"{Format.Percent(share)} of the decrease of the training loss. Double `Epochs`.")
            : null;

    internal static DistillationFinding? TooFewImages(PairedDifference gain)
    {
        if (gain.IsGain || gain.IsLoss)
            return null;
        if (gain.DiscordantImages < PairedDifference.MinDiscordantImages)
            return new(DistillationFindingKind.TooFewImages,
                $"Too few images: at least {PairedDifference.MinDiscordantImages} images are required on which exactly "
                + $"one of the two students is correct, instead of {gain.DiscordantImages}. {MoreTests}");
        double required = gain.Images * Math.Pow(gain.Detectable / RelevantGain, 2);
        return gain.Detectable <= RelevantGain ? null : new(DistillationFindingKind.TooFewImages,
            $"Too few images: a gain of {Format.Points(RelevantGain)} points requires about {Format.Count(required)} "
            + $"test images to be shown with a probability of 80%, not {Format.Count(gain.Images)}. {MoreTests}");
    }
}
