using System.Globalization;
using VisualSentiment.Distillation.Losses;

namespace VisualSentiment;

/// <summary>
/// The built-in losses. In their formulas, v are the teacher's logits, z are the student's logits, p = softmax(v / T)
/// and q = softmax(z / T). Every loss is a mean over the images of a batch.
/// </summary>
public static class DistillationLosses
{
    /// <summary>
    /// Creates the paper's loss (equation 1): cross-entropy with the teacher's soft targets, -sum p log q, with the
    /// gradient (q - p) / T and no factor T^2.
    /// </summary>
    /// <param name="temperature">The temperature T; above 0, typically 1 to 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0 and finite.</exception>
    public static DistillationLoss SoftTarget(double temperature = 4)
    {
        ThrowIfInvalid(Temperature(temperature));
        return new SoftTargetLoss(temperature);
    }

    /// <summary>
    /// Creates the Kullback-Leibler divergence T^2 KL(p || q) with the gradient T (q - p) (Hinton et al. 2015,
    /// "Distilling the Knowledge in a Neural Network"). It is 0 if p = q, and its gradient is almost
    /// independent of T.
    /// </summary>
    /// <param name="temperature">The temperature T; above 0, typically 1 to 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0 and finite.</exception>
    public static DistillationLoss KullbackLeibler(double temperature = 4)
    {
        ThrowIfInvalid(Temperature(temperature));
        return new KullbackLeiblerLoss(temperature);
    }

    /// <summary>
    /// Creates a mixture of soft targets and hard labels (Hinton et al. 2015): (1 - w) T^2 KL(p || q) + w CE(z, label).
    /// The factor T^2 keeps the balance of the two terms if T changes.
    /// </summary>
    /// <param name="temperature">The temperature T of the soft targets; above 0, typically 1 to 10.</param>
    /// <param name="hardWeight">The weight w of the hard labels, from 0 to 1, typically 0.1 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message lists all errors.</exception>
    public static DistillationLoss Hinton(double temperature = 4, double hardWeight = 0.1)
    {
        ThrowIfInvalid(Temperature(temperature), Share("hard weight", hardWeight));
        return new HardLabelMixture(new KullbackLeiblerLoss(temperature), hardWeight);
    }

    /// <summary>
    /// Gets the mean squared difference of the logits, sum (z - v)^2 / C (Ba and Caruana 2014, "Do Deep Nets Really
    /// Need to be Deep?"). The student also learns the scale of the teacher's logits.
    /// </summary>
    public static DistillationLoss LogitMse { get; } = new LogitMseLoss();

    /// <summary>
    /// Creates decoupled distillation (Zhao et al. 2022, "Decoupled Knowledge Distillation", equation 7):
    /// T^2 (alpha KL(b_v || b_z) + beta KL(o_v || o_z)), where b is the binary distribution of the labeled class and
    /// all others together, and o is the distribution over the other classes. <see cref="KullbackLeibler"/> weights the
    /// second term with the teacher's probability of the other classes, so that it vanishes for a confident teacher;
    /// here its weight is constant. With two classes, the second term is 0.
    /// </summary>
    /// <remarks>
    /// The authors increase the weight of this loss from 0 to 1 over the first epochs; this loss does not.
    /// </remarks>
    /// <param name="temperature">The temperature T; above 0, typically 1 to 4.</param>
    /// <param name="alpha">The weight of the first term; at least 0, typically 1.</param>
    /// <param name="beta">
    /// The weight of the second term; at least 0, typically 1 to 8, larger for a confident teacher.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message lists all errors.</exception>
    public static DistillationLoss Decoupled(double temperature = 4, double alpha = 1, double beta = 8)
    {
        ThrowIfInvalid(Temperature(temperature), Weight(nameof(alpha), alpha), Weight(nameof(beta), beta),
            NotBothZero(nameof(alpha), alpha, nameof(beta), beta));
        return new DecoupledLoss(temperature, alpha, beta);
    }

    /// <summary>
    /// Creates DIST (Huang et al. 2022, "Knowledge Distillation from A Stronger Teacher"):
    /// T^2 (beta (1 - mean r(q_i, p_i)) + gamma (1 - mean r(q_j, p_j))), where r is Pearson's correlation, i runs over
    /// the images of the batch (relations between classes) and j over the classes (relations between images). The
    /// student matches relative, not absolute probabilities, which suits a teacher far larger than the student.
    /// </summary>
    /// <remarks>
    /// The second term compares the images of a batch: it requires large batches, and is 0 for a batch of one. With two
    /// classes, the first term has no gradient, because a correlation of two numbers is 1 or -1. As in the authors'
    /// code, 1e-8 is added to the denominator of a correlation. Unlike in their code, the norm of the student's centered
    /// probabilities is at least 1e-4 times the norm before centering, which bounds the gradient if all logits are equal.
    /// </remarks>
    /// <param name="temperature">The temperature T; above 0, typically 1 to 4.</param>
    /// <param name="beta">The weight of the relations between classes; at least 0, typically 1 to 2.</param>
    /// <param name="gamma">The weight of the relations between images; at least 0, typically 1 to 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message lists all errors.</exception>
    public static DistillationLoss Dist(double temperature = 4, double beta = 2, double gamma = 2)
    {
        ThrowIfInvalid(Temperature(temperature), Weight(nameof(beta), beta), Weight(nameof(gamma), gamma),
            NotBothZero(nameof(beta), beta, nameof(gamma), gamma));
        return new DistLoss(temperature, beta, gamma);
    }

    /// <summary>Gets cross-entropy with the labels, which does not require a teacher.</summary>
    public static DistillationLoss HardLabels { get; } = new HardLabelLoss();

    /// <summary>
    /// Applies a loss to standardized logits. The teacher's and the student's logits of each image are standardized to
    /// mean 0 and standard deviation 1 (Sun et al. 2024, "Logit Standardization in Knowledge Distillation"). The
    /// student then does not need to match the scale of the teacher's logits, and one temperature suits every teacher.
    /// </summary>
    /// <remarks>
    /// <para>Standardized logits lie within a few units of 0, so temperatures are typically 1 to 3. The cross-entropy
    /// of a mixture with hard labels uses the original logits. The logits of two classes are not standardized, because
    /// only their order would remain.</para>
    /// <para>A standard deviation below 0.001 is replaced by 0.001. The first gradient of a student whose last layer
    /// starts at zero is nevertheless a thousand times too large.</para>
    /// </remarks>
    /// <param name="loss">A loss that uses the teacher.</param>
    /// <exception cref="ArgumentException">The loss does not use the teacher.</exception>
    public static DistillationLoss Standardized(this DistillationLoss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (!loss.UsesTeacher)
            throw new ArgumentException(
                $"The loss '{loss.Name}' does not use the teacher; standardize a loss that does.", nameof(loss));
        return loss is HardLabelMixture mixture ? mixture.Standardized() : new StandardizedLoss(loss);
    }

    /// <summary>Mixes a loss with hard labels: (1 - w) loss + w CE(z, label).</summary>
    /// <param name="loss">Any loss, including your own.</param>
    /// <param name="weight">
    /// The weight w of the hard labels, from 0 to 1. Losses of a larger scale (<see cref="Decoupled"/>, <see
    /// cref="Dist"/>: T^2 times their weights) need a larger w for the same balance.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not from 0 to 1.</exception>
    public static DistillationLoss WithHardLabels(this DistillationLoss loss, double weight)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ThrowIfInvalid(Share("weight of the hard labels", weight));
        return new HardLabelMixture(loss, weight);
    }

    /// <summary>Creates the loss for the temperature and hard weight of <c>DistillSentiment</c>.</summary>
    internal static DistillationLoss Of(double temperature, double hardWeight)
    {
        ThrowIfInvalid(Temperature(temperature), Share("hard weight", hardWeight));
        return hardWeight switch
        {
            0 => SoftTarget(temperature),
            1 => HardLabels,
            _ => Hinton(temperature, hardWeight),
        };
    }

    private static void ThrowIfInvalid(params ReadOnlySpan<string?> errors)
    {
        string all = string.Join("; ", errors.ToArray().OfType<string>());
        if (all.Length > 0)
            throw new ArgumentOutOfRangeException(null, $"The loss has settings out of range: {all}.");
    }

    private static string? Temperature(double value) =>
        value > 0 && double.IsFinite(value) ? null : Error("temperature", value, "above 0 and finite");

    private static string? Weight(string name, double value) =>
        value >= 0 && double.IsFinite(value) ? null : Error(name, value, "at least 0 and finite");

    private static string? Share(string name, double value) =>
        value is >= 0 and <= 1 ? null : Error(name, value, "from 0 to 1");

    private static string? NotBothZero(string first, double a, string second, double b) =>
        a == 0 && b == 0 ? $"{first} is 0 and {second} is 0; one must be above 0" : null;

    private static string Error(string name, double value, string range) =>
        string.Create(CultureInfo.InvariantCulture, $"the {name} is {value}; it must be {range}");
}
