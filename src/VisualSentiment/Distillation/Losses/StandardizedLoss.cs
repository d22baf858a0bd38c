using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>
/// A loss of standardized logits (Sun et al. 2024): the logits of each image minus their mean, divided by their
/// standard deviation (with C - 1).
/// </summary>
internal sealed class StandardizedLoss(DistillationLoss loss) : DistillationLoss(createsTensors: false)
{
    // Bounds the gradient where the logits of an image are almost equal.
    private const double MinDeviation = 1e-3;

    public override string Name => $"{loss.Name}, of standardized logits";

    // The inner loss's temperature divides standardized logits, not the teacher's.
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
        // Of two standardized logits, only the order remains, which has no gradient.
        long classes = logits.shape[1];
        if (classes <= 2)
            return logits;
        // Makes equal logits exactly 0; subtracting the rounded mean alone does not.
        logits -= logits.detach().amax([1], keepdim: true);
        logits -= logits.mean([1], keepdim: true);
        Tensor variance = logits.square().sum(1, keepdim: true) / (classes - 1);
        return logits / variance.clamp_min(MinDeviation * MinDeviation).sqrt();
    }
}
