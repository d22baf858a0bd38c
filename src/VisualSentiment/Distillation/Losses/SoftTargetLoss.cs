using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>
/// Equation 1 of the paper: the cross-entropy between p = softmax(v / T) and q = softmax(z / T) of the teacher's logits
/// v and the student's logits z. Its gradient is dC/dz = (q - p) / T.
/// </summary>
internal sealed class SoftTargetLoss(double temperature) : DistillationLoss(createsTensors: false)
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"soft targets, T={temperature}");

    internal override double? Temperature => temperature;

    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        Tensor p = (Logits.Widen(teacherLogits) / temperature).softmax(1);
        Tensor logQ = Logits.LogProbabilities(studentLogits, temperature);
        return (p * logQ).sum(1).mean().neg().MoveToOuterDisposeScope();
    }
}
