using VisualSentiment.Data.Columns;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Diagnostics;

/// <summary>A teacher that is not significantly better than the student on hard labels.</summary>
internal static class WeakTeacher
{
    /// <param name="gap">The teacher's accuracy less that of the student on hard labels.</param>
    public static DistillationFinding? Find(PairedDifference gap) => gap.IsGain ? null
        : new DistillationFinding(DistillationFindingKind.TeacherNoBetter,
            $"The teacher is not significantly better than the student on hard labels: the difference is {gap.Describe()}. Use a better teacher.");
}
