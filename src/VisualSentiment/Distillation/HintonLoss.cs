using System.Globalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Distillation;

/// <summary>
/// Soft targets mixed with hard labels (Hinton et al. 2015): (1 - w) T^2 KL(softmax(v / T) || softmax(z / T)) +
/// w CE(z, label). T^2 keeps the balance of the two gradients when T changes.
/// </summary>
internal sealed class HintonLoss(double temperature, double hardWeight) : DistillationLoss
{
    public override string Name =>
        string.Create(CultureInfo.InvariantCulture, $"soft targets, T={temperature}, and hard labels, weight {hardWeight}");

    public override bool IsMeanOverPictures => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        Tensor logP = (teacherLogits / temperature).log_softmax(1);
        Tensor logQ = (studentLogits / temperature).log_softmax(1);
        Tensor divergence = (logP.exp() * (logP - logQ)).sum(1).mean();
        Tensor hard = functional.cross_entropy(studentLogits, labels);
        return ((1 - hardWeight) * temperature * temperature * divergence + hardWeight * hard).MoveToOuterDisposeScope();
    }
}
