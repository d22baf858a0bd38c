using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Distillation;

/// <summary>Plain cross-entropy with the labels: what a student does that has no teacher.</summary>
internal sealed class HardLabelLoss : DistillationLoss
{
    public override string Name => "hard labels";

    public override bool UsesTeacher => false;

    public override bool IsMeanOverPictures => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return functional.cross_entropy(Logits.Widen(studentLogits), labels).MoveToOuterDisposeScope();
    }
}
