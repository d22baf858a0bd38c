using System.Globalization;
using VisualSentiment;
using static TorchSharp.torch;

namespace OwnStudent;

/// <summary>
/// A loss of one's own: the Jensen-Shannon divergence of the probabilities at a temperature, times T^2. It lies between the
/// teacher's and the student's view, so that a class which the student has given up for lost weighs no more than log 2.
/// </summary>
internal sealed class JensenShannonLoss(double temperature) : DistillationLoss
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"Jensen-Shannon, T={temperature}");

    // Every image has a loss of its own: the trainer may work image by image, which is faster.
    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        Tensor logP = (teacherLogits / temperature).log_softmax(1), logQ = (studentLogits / temperature).log_softmax(1);
        // log((p + q) / 2) from logarithms: probabilities that underflow make no infinities.
        Tensor logM = logaddexp(logP, logQ) - Math.Log(2);
        Tensor divergence = (Divergence(logP, logM) + Divergence(logQ, logM)) / 2;
        return (temperature * temperature * divergence.mean()).MoveToOuterDisposeScope();
    }

    private static Tensor Divergence(Tensor logP, Tensor logQ) => (logP.exp() * (logP - logQ)).sum(1);
}
