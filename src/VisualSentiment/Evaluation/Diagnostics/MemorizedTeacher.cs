namespace VisualSentiment.Evaluation.Diagnostics;

/// <summary>A teacher that is sure and right on the pictures it was trained on, and far less often right on others.</summary>
internal static class MemorizedTeacher
{
    private const double NearOneAccuracy = 0.95;
    private const double NearOneConfidence = 0.9;

    /// <summary>A teacher this much better on training pictures than on others has learned them by heart.</summary>
    private const double FarLower = 0.2;

    /// <param name="diagnostics">What is known of the training.</param>
    /// <param name="testAccuracy">The teacher's accuracy on the test pictures.</param>
    public static DistillationFinding? Find(TrainingDiagnostics diagnostics, double testAccuracy) =>
        diagnostics is { TeacherTrainingAccuracy: >= NearOneAccuracy and var accuracy, TeacherTrainingConfidence: >= NearOneConfidence and var confidence }
            && accuracy - testAccuracy >= FarLower
            ? new DistillationFinding(DistillationFindingKind.MemorizedTeacher,
                $"The teacher memorised its training pictures: it is right on {Format.Percent(accuracy)} of them with a mean confidence of {Format.Percent(confidence)}, "
                + $"and on {Format.Percent(testAccuracy)} of the test pictures. What it teaches is the labels. Teach with out-of-fold scores, or regularise the teacher.")
            : null;
}
