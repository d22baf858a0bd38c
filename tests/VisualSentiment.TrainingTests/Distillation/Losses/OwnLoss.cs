using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation.Losses;

/// <summary>A loss as a user writes it: the mean absolute difference of the logits.</summary>
internal sealed class OwnLoss : DistillationLoss
{
    public override string Name => "mean absolute difference";

    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return (studentLogits - teacherLogits).abs().mean().MoveToOuterDisposeScope();
    }
}
