using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Diagnostics;

public class FlatSoftTargetsTests
{
    [Fact]
    public void Targets_near_the_uniform_distribution_are_found_with_temperature_and_entropy()
    {
        var finding = Findings.FlatSoftTargets(new TrainingDiagnostics { Temperature = 4, SoftTargetEntropy = 0.971 });

        Assert.Equal(DistillationFindingKind.SoftTargetsTooFlat, finding?.Kind);
        Assert.Contains("T = 4: their mean entropy is 97.1%", finding!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_far_from_the_uniform_distribution_are_no_finding() => Assert.Null(Findings.FlatSoftTargets(new TrainingDiagnostics { Temperature = 4, SoftTargetEntropy = 0.9 }));

    [Fact]
    public void Unknown_targets_are_no_finding() => Assert.Null(Findings.FlatSoftTargets(new TrainingDiagnostics()));
}
