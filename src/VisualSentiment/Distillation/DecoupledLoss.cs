using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation;

/// <summary>
/// Decoupled knowledge distillation (Zhao et al. 2022, equation 7): T^2 (alpha KL of "the labelled class or another" + beta
/// KL among the other classes).
/// </summary>
internal sealed class DecoupledLoss(double temperature, double alpha, double beta) : DistillationLoss(createsTensors: false)
{
    public override string Name =>
        string.Create(CultureInfo.InvariantCulture, $"decoupled KD, T={temperature}, alpha {alpha}, beta {beta}");

    internal override double? Temperature => temperature;

    public override bool IsMeanOverPictures => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        // About a picture without a label, the class that the teacher puts first is the one to tell from the others.
        labels = labels.where(labels.ne(NoLabel), teacherLogits.argmax(1));
        var (binaryP, othersP) = Decouple(teacherLogits, labels);
        var (binaryQ, othersQ) = Decouple(studentLogits, labels);
        Tensor divergence = alpha * Logits.Divergence(binaryP, binaryQ) + beta * Logits.Divergence(othersP, othersQ);
        return (temperature * temperature * divergence.mean()).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Logarithms of the probabilities of "labelled class, any other" [N, 2], and of the other classes among themselves
    /// [N, C - 1]. The labelled class is left out rather than pushed down by a large number: with two classes one
    /// certain class is left, whatever the size of the logits, and 1 - p is never computed as a difference.
    /// </summary>
    private (Tensor Binary, Tensor Others) Decouple(Tensor logits, Tensor labels)
    {
        Tensor all = Logits.LogProbabilities(logits, temperature), labelled = labels.unsqueeze(1);
        Tensor others = arange(all.shape[1] - 1, device: all.device);
        others = all.gather(1, others + (others >= labelled).to(ScalarType.Int64));
        return (cat([all.gather(1, labelled), others.logsumexp(1, keepdim: true)], 1), others.log_softmax(1));
    }
}
