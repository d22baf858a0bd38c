using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Diagnostics;

public class TooFewStepsTests
{
    // Eight epochs: the last two fell from 1.2 to 1.0, of 1.0 in all.
    [Fact]
    public void The_late_fall_is_that_of_the_last_quarter_of_the_epochs_against_the_whole() =>
        Assert.Equal(0.2, Findings.LateLossFall(History(2, 1.8, 1.6, 1.5, 1.3, 1.2, 1.1, 1.0))!.Value, 1e-12);

    [Fact]
    public void A_floor_under_the_loss_changes_nothing() =>
        Assert.Equal(Findings.LateLossFall(History(1, 0.5, 0.25, 0.125)), Findings.LateLossFall(History(11, 10.5, 10.25, 10.125)));

    [Fact]
    public void One_epoch_or_a_loss_that_did_not_fall_is_no_finding()
    {
        Assert.Null(Findings.LateLossFall(History(1)));
        Assert.Null(Findings.LateLossFall(History(1, 1.1)));
        Assert.Null(Findings.LateLossFall([]));
    }

    [Fact]
    public void A_late_rise_of_the_loss_is_no_finding() => Assert.Equal(0, Findings.LateLossFall(History(2, 1, 1, 1.1)));

    [Fact]
    public void A_loss_that_still_falls_is_found()
    {
        var finding = Findings.TooFewSteps(new TrainingDiagnostics { LateLossFall = 0.2 });

        Assert.Equal(DistillationFindingKind.TooFewSteps, finding?.Kind);
        Assert.Contains("20.0% of the decrease", finding!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_settled_loss_is_no_finding() => Assert.Null(Findings.TooFewSteps(new TrainingDiagnostics { LateLossFall = 0.05 }));

    private static List<EpochResult> History(params double[] losses) => [.. losses.Select((loss, i) => new EpochResult(i + 1, loss, null, TimeSpan.Zero))];
}
