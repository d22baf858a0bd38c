using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>The mean of (z - v)^2 over classes and images (Ba and Caruana 2014).</summary>
internal sealed class LogitMseLoss() : DistillationLoss(createsTensors: false)
{
    public override string Name => "logit MSE";

    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return (Logits.Widen(studentLogits) - Logits.Widen(teacherLogits)).square().mean().MoveToOuterDisposeScope();
    }
}
