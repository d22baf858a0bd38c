using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Distillation.Losses;

/// <summary>Cross-entropy with the labels.</summary>
internal sealed class HardLabelLoss() : DistillationLoss(createsTensors: false)
{
    public override string Name => "hard labels";

    public override bool UsesTeacher => false;

    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        // Unlabeled images count as zero in the mean, so that it is a mean over images for any part of a batch.
        Tensor sum = functional.cross_entropy(
            Logits.Widen(studentLogits), labels, ignore_index: NoLabel, reduction: Reduction.Sum);
        return (sum / studentLogits.shape[0]).MoveToOuterDisposeScope();
    }
}
