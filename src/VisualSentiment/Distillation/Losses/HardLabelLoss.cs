using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Distillation.Losses;

/// <summary>Plain cross-entropy with the labels: what a student does that has no teacher.</summary>
internal sealed class HardLabelLoss() : DistillationLoss(createsTensors: false)
{
    public override string Name => "hard labels";

    public override bool UsesTeacher => false;

    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        // The mean over all images, of which those without a label cost nothing, so that it stays a mean slice by slice.
        Tensor sum = functional.cross_entropy(Logits.Widen(studentLogits), labels, ignore_index: NoLabel, reduction: Reduction.Sum);
        return (sum / studentLogits.shape[0]).MoveToOuterDisposeScope();
    }
}
