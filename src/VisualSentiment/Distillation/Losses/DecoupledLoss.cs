using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>
/// Decoupled knowledge distillation (Zhao et al. 2022, equation 7): T^2 (alpha KL of the labeled class against the rest
/// + beta KL among the other classes).
/// </summary>
internal sealed class DecoupledLoss(double temperature, double alpha, double beta)
    : DistillationLoss(createsTensors: false)
{
    public override string Name =>
        string.Create(CultureInfo.InvariantCulture, $"decoupled KD, T={temperature}, alpha {alpha}, beta {beta}");

    internal override double? Temperature => temperature;

    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        // For unlabeled images, the teacher's top class takes the place of the label.
        labels = labels.where(labels.ne(NoLabel), teacherLogits.argmax(1));
        var (binaryP, othersP) = Decouple(teacherLogits, labels);
        var (binaryQ, othersQ) = Decouple(studentLogits, labels);
        Tensor divergence = alpha * Logits.Divergence(binaryP, binaryQ) + beta * Logits.Divergence(othersP, othersQ);
        return (temperature * temperature * divergence.mean()).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes log probabilities of the labeled class against the rest [N, 2], and of the other classes among
    /// themselves [N, C - 1]. The labeled class is removed, not masked with a large negative number, so that the result
    /// is exact for logits of any size, and 1 - p is never computed as a difference.
    /// </summary>
    private (Tensor Binary, Tensor Others) Decouple(Tensor logits, Tensor labels)
    {
        Tensor all = Logits.LogProbabilities(logits, temperature), labeled = labels.unsqueeze(1);
        Tensor others = arange(all.shape[1] - 1, device: all.device);
        others = all.gather(1, others + (others >= labeled).to(ScalarType.Int64));
        return (cat([all.gather(1, labeled), others.logsumexp(1, keepdim: true)], 1), others.log_softmax(1));
    }
}
