using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>(1 - w) times a loss that looks at the teacher, plus w times the cross-entropy with the labels.</summary>
internal sealed class HardLabelMixture(DistillationLoss taught, double weight) : DistillationLoss(createsTensors: false)
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"{taught.Name}, and hard labels, weight {weight}");

    public override bool UsesTeacher => taught.UsesTeacher;

    internal override double? Temperature => taught.Temperature;

    public override bool IsMeanOverImages => taught.IsMeanOverImages;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        // Once for both parts, so that half-precision gradients are not added up in half precision.
        studentLogits = Logits.Widen(studentLogits);
        Tensor soft = taught.Compute(studentLogits, teacherLogits, labels);
        Tensor hard = DistillationLosses.HardLabels.Compute(studentLogits, teacherLogits, labels);
        return ((1 - weight) * soft + weight * hard).MoveToOuterDisposeScope();
    }

    /// <summary>The same mixture with the taught part on standardized logits. The labels keep the logits that come out.</summary>
    public HardLabelMixture Standardized() => new(new StandardizedLoss(taught), weight);
}
