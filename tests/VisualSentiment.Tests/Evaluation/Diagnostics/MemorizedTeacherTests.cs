using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Diagnostics;

public class MemorizedTeacherTests
{
    private static readonly TrainingDiagnostics Memorized = new() { TeacherTrainingAccuracy = 0.999, TeacherTrainingConfidence = 0.98 };

    [Fact]
    public void A_teacher_that_is_confident_and_correct_only_on_training_images_is_found()
    {
        var finding = Findings.MemorizedTeacher(Memorized, testAccuracy: 0.497);

        Assert.Equal(DistillationFindingKind.MemorizedTeacher, finding?.Kind);
        Assert.Contains("its accuracy on them is 99.9% with a mean confidence of 98.0%, and 49.7% on test images", finding!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_as_accurate_on_validation_images_is_no_finding() => Assert.Null(Findings.MemorizedTeacher(Memorized, testAccuracy: 0.9));

    [Fact]
    public void A_teacher_that_is_not_confident_is_no_finding() => Assert.Null(Findings.MemorizedTeacher(Memorized with { TeacherTrainingConfidence = 0.6 }, testAccuracy: 0.5));

    [Fact]
    public void A_teacher_with_unknown_training_scores_is_no_finding() => Assert.Null(Findings.MemorizedTeacher(new TrainingDiagnostics(), testAccuracy: 0.5));
}
