using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>
/// T^2 KL(softmax(v / T) || softmax(z / T)) (Hinton et al. 2015, section 2). The size of its gradient dC/dz = T (q - p)
/// hardly depends on T.
/// </summary>
internal sealed class KullbackLeiblerLoss(double temperature) : DistillationLoss(createsTensors: false)
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"KL divergence, T={temperature}");

    internal override double? Temperature => temperature;

    public override bool IsMeanOverImages => true;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        Tensor divergence = Logits.Divergence(
            Logits.LogProbabilities(teacherLogits, temperature), Logits.LogProbabilities(studentLogits, temperature));
        return (temperature * temperature * divergence.mean()).MoveToOuterDisposeScope();
    }
}
