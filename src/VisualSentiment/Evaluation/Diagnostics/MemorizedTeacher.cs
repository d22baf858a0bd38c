using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Diagnostics;

/// <summary>A teacher that overfits its training images.</summary>
internal static class MemorizedTeacher
{
    private const double NearOneAccuracy = 0.95;
    private const double NearOneConfidence = 0.9;

    /// <summary>The difference between training and test accuracy from which on a teacher counts as overfitted.</summary>
    private const double FarLower = 0.2;

    /// <param name="diagnostics">Measurements of the training.</param>
    /// <param name="testAccuracy">The teacher's accuracy on the test images.</param>
    public static DistillationFinding? Find(TrainingDiagnostics diagnostics, double testAccuracy) =>
        diagnostics is { TeacherTrainingAccuracy: >= NearOneAccuracy and var accuracy, TeacherTrainingConfidence: >= NearOneConfidence and var confidence }
            && accuracy - testAccuracy >= FarLower
            ? new DistillationFinding(DistillationFindingKind.MemorizedTeacher,
                $"The teacher memorized its training images: its accuracy on them is {Format.Percent(accuracy)} with a mean confidence of {Format.Percent(confidence)}, "
                + $"and {Format.Percent(testAccuracy)} on test images. Its soft targets are close to hard labels. Use out-of-fold scores, or regularize the teacher.")
            : null;
}
