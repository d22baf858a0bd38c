using VisualSentiment.Data.Columns;
using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation;

/// <summary>The verdict on a distillation and its likely causes.</summary>
internal static class Findings
{
    /// <summary>
    /// Empty if the gain is significant. Without a student on hard labels there is no verdict, but likely problems are
    /// listed.
    /// </summary>
    /// <param name="gain">Student minus hard labels; null without the latter.</param>
    /// <param name="gap">Teacher minus hard labels; null without either.</param>
    /// <param name="teacherAccuracy">On the test images; null without a teacher.</param>
    /// <param name="diagnostics">Measurements of the training.</param>
    public static IReadOnlyList<DistillationFinding> Find(PairedDifference? gain, PairedDifference? gap, double? teacherAccuracy, TrainingDiagnostics diagnostics)
    {
        if (gain is { IsGain: true })
            return [];
        DistillationFinding?[] findings =
        [
            gain is null ? null : Verdict(gain),
            FlatSoftTargets.Find(diagnostics),
            teacherAccuracy is { } accuracy ? MemorizedTeacher.Find(diagnostics, accuracy) : null,
            gap is null ? null : WeakTeacher.Find(gap),
            TooFewSteps.Find(diagnostics),
            gain is null ? null : TooFewImages.Find(gain),
        ];
        return [.. findings.OfType<DistillationFinding>()];
    }

    private static DistillationFinding? Verdict(PairedDifference gain) => gain.Difference.Lower > 0 ? null
        : new DistillationFinding(DistillationFindingKind.DidNotBeatHardLabels, gain.Difference.Upper < 0
            ? $"Distillation did worse than hard labels: {gain.Describe()}."
            : $"Distillation did not beat hard labels: the difference is {gain.Describe()}.");
}
