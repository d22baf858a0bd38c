using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Diagnostics;

public class MemorizedTeacherTests
{
    private static readonly TrainingDiagnostics Memorized = new() { TeacherTrainingAccuracy = 0.999, TeacherTrainingConfidence = 0.98 };

    [Fact]
    public void A_teacher_that_is_sure_and_right_on_its_training_images_alone_is_found()
    {
        var finding = Findings.MemorizedTeacher(Memorized, testAccuracy: 0.497);

        Assert.Equal(DistillationFindingKind.MemorizedTeacher, finding?.Kind);
        Assert.Contains("its accuracy on them is 99.9% with a mean confidence of 98.0%, and 49.7% on test images", finding!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_as_accurate_on_validation_images_is_no_finding() => Assert.Null(Findings.MemorizedTeacher(Memorized, testAccuracy: 0.9));

    [Fact]
    public void Nor_one_that_is_not_sure() => Assert.Null(Findings.MemorizedTeacher(Memorized with { TeacherTrainingConfidence = 0.6 }, testAccuracy: 0.5));

    [Fact]
    public void Nor_one_whose_training_scores_are_not_known() => Assert.Null(Findings.MemorizedTeacher(new TrainingDiagnostics(), testAccuracy: 0.5));
}
