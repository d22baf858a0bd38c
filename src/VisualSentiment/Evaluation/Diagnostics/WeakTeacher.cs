namespace VisualSentiment.Evaluation.Diagnostics;

/// <summary>A teacher that is not shown to be better than what the student learns from labels alone.</summary>
internal static class WeakTeacher
{
    /// <param name="gap">The teacher's accuracy less that of the student on hard labels.</param>
    public static DistillationFinding? Find(PairedDifference gap) => gap.IsGain ? null
        : new DistillationFinding(DistillationFindingKind.TeacherNoBetter,
            $"The teacher is not shown to be better than the student on hard labels: teacher less hard labels is {gap.Describe()}. Take a better teacher.");
}
