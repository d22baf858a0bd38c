using VisualSentiment.Distillation;

namespace VisualSentiment;

/// <summary>The losses that come with the library.</summary>
public static class DistillationLosses
{
    /// <summary>
    /// The paper's loss (equation 1): cross-entropy with the teacher's soft targets, gradient (q - p) / T, no factor T^2.
    /// </summary>
    /// <param name="temperature">The temperature T that both logits are divided by; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public static DistillationLoss SoftTarget(double temperature = 4)
    {
        ThrowIfNotPositive(temperature);
        return new SoftTargetLoss(temperature);
    }

    /// <summary>
    /// Soft targets and hard labels mixed (Hinton et al. 2015): (1 - w) T^2 KL(p || q) + w CE(z, label). The soft part
    /// carries the factor T^2, so that the balance holds when T changes.
    /// </summary>
    /// <param name="temperature">The temperature T of the soft part; above 0.</param>
    /// <param name="hardWeight">The weight w of the hard labels, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static DistillationLoss Hinton(double temperature = 4, double hardWeight = 0.1)
    {
        ThrowIfNotPositive(temperature);
        if (hardWeight is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(hardWeight), hardWeight, "The hard weight must be from 0 to 1.");
        return new HintonLoss(temperature, hardWeight);
    }

    /// <summary>Cross-entropy with the labels alone; no teacher is needed.</summary>
    public static DistillationLoss HardLabels { get; } = new HardLabelLoss();

    private static void ThrowIfNotPositive(double temperature)
    {
        if (!(temperature > 0) || double.IsInfinity(temperature))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be above 0 and finite.");
    }
}
