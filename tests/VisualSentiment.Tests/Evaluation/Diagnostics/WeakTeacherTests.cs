using VisualSentiment.Evaluation.Diagnostics;
using static VisualSentiment.Tests.Evaluation.Statistics.PairedRuns;

namespace VisualSentiment.Tests.Evaluation.Diagnostics;

public class WeakTeacherTests
{
    [Fact]
    public void A_teacher_that_may_be_no_better_than_hard_labels_is_found()
    {
        var finding = Findings.WeakTeacher(Gain(Run(Differences(100, better: 20, worse: 18))));

        Assert.Equal(DistillationFindingKind.TeacherNoBetter, finding?.Kind);
        Assert.Contains("the difference is +2.0 points", finding!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_that_is_better_than_hard_labels_is_no_finding() => Assert.Null(Findings.WeakTeacher(Gain(Run(Differences(100, better: 40, worse: 10)))));
}
