using System.Globalization;
using VisualSentiment;
using static TorchSharp.torch;

namespace OwnStudent;

/// <summary>
/// A custom loss: the Jensen-Shannon divergence of the probabilities at a temperature, times T^2. It is at most T^2 log 2, even if
/// the student's probability of a class is close to 0.
/// </summary>
internal sealed class JensenShannonLoss(double temperature) : DistillationLoss
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"Jensen-Shannon, T={temperature}");

    // A mean over images allows the trainer to compute images in parallel.
    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        Tensor logP = (teacherLogits / temperature).log_softmax(1), logQ = (studentLogits / temperature).log_softmax(1);
        // log((p + q) / 2) from logarithms, so that probabilities that underflow cause no infinities.
        Tensor logM = logaddexp(logP, logQ) - Math.Log(2);
        Tensor divergence = (Divergence(logP, logM) + Divergence(logQ, logM)) / 2;
        return (temperature * temperature * divergence.mean()).MoveToOuterDisposeScope();
    }

    private static Tensor Divergence(Tensor logP, Tensor logQ) => (logP.exp() * (logP - logQ)).sum(1);
}
