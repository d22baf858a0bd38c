using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>
/// Another loss on standardized logits (Sun et al. 2024): the logits of each image, the teacher's and the student's, less
/// their mean and divided by their standard deviation (with C - 1).
/// </summary>
internal sealed class StandardizedLoss(DistillationLoss loss) : DistillationLoss(createsTensors: false)
{
    // Bounds the gradient where the logits of an image are all but equal. A teacher that is that undecided stays so.
    private const double LeastDeviation = 1e-3;

    public override string Name => $"{loss.Name}, of standardized logits";

    // The temperature of the other loss divides standardized logits, not the teacher's own.
    internal override double? Temperature => null;

    public override bool UsesTeacher => loss.UsesTeacher;

    public override bool IsMeanOverImages => loss.IsMeanOverImages;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return loss.Compute(Standardize(studentLogits), Standardize(teacherLogits), labels).MoveToOuterDisposeScope();
    }

    private static Tensor Standardize(Tensor logits)
    {
        logits = Logits.Widen(logits);
        // Of two logits, only which one is larger would be left, and no gradient.
        long classes = logits.shape[1];
        if (classes <= 2)
            return logits;
        // Equal logits of any size are to differ by exactly 0, which a rounded mean does not promise.
        logits -= logits.detach().amax([1], keepdim: true);
        logits -= logits.mean([1], keepdim: true);
        Tensor variance = logits.square().sum(1, keepdim: true) / (classes - 1);
        return logits / variance.clamp_min(LeastDeviation * LeastDeviation).sqrt();
    }
}
