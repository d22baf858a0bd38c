using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>(1 - w) times a loss plus w times the cross-entropy with the labels.</summary>
internal sealed class HardLabelMixture(DistillationLoss loss, double weight) : DistillationLoss(createsTensors: false)
{
    public override string Name =>
        string.Create(CultureInfo.InvariantCulture, $"{loss.Name}, and hard labels, weight {weight}");

    public override bool UsesTeacher => loss.UsesTeacher;

    internal override double? Temperature => loss.Temperature;

    public override bool IsMeanOverImages => loss.IsMeanOverImages;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        // Once for both parts, so that their gradients are not added in half precision.
        studentLogits = Logits.Widen(studentLogits);
        Tensor soft = loss.Compute(studentLogits, teacherLogits, labels);
        Tensor hard = DistillationLosses.HardLabels.Compute(studentLogits, teacherLogits, labels);
        return ((1 - weight) * soft + weight * hard).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Returns the mixture with standardized logits in the loss, which may be a mixture itself, but not in the
    /// cross-entropy.
    /// </summary>
    public HardLabelMixture Standardized() => new(loss.Standardized(), weight);
}
