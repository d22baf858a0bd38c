using System.Globalization;
using VisualSentiment.Distillation.Losses;

namespace VisualSentiment;

/// <summary>
/// The losses that come with the library. Below, v are the teacher's logits, z the student's, p = softmax(v / T) and
/// q = softmax(z / T); every loss is averaged over the images of a batch.
/// </summary>
public static class DistillationLosses
{
    /// <summary>
    /// The paper's loss (equation 1): cross-entropy with the teacher's soft targets, -sum p log q, gradient (q - p) / T, no
    /// factor T^2.
    /// </summary>
    /// <param name="temperature">The temperature T that both logits are divided by; above 0, sensibly 1 to 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0 and finite.</exception>
    public static DistillationLoss SoftTarget(double temperature = 4)
    {
        ThrowIfInvalid(Temperature(temperature));
        return new SoftTargetLoss(temperature);
    }

    /// <summary>
    /// Soft targets as a divergence: T^2 KL(p || q), gradient T (q - p) (Hinton et al. 2015, "Distilling the Knowledge in a
    /// Neural Network"). Zero where the student gives the teacher's probabilities; its gradient keeps its size when T changes.
    /// </summary>
    /// <param name="temperature">The temperature T that both logits are divided by; above 0, sensibly 1 to 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0 and finite.</exception>
    public static DistillationLoss KullbackLeibler(double temperature = 4)
    {
        ThrowIfInvalid(Temperature(temperature));
        return new KullbackLeiblerLoss(temperature);
    }

    /// <summary>
    /// Soft targets and hard labels mixed (Hinton et al. 2015): (1 - w) T^2 KL(p || q) + w CE(z, label). The soft part
    /// carries the factor T^2, so that the balance holds when T changes.
    /// </summary>
    /// <param name="temperature">The temperature T of the soft part; above 0, sensibly 1 to 10.</param>
    /// <param name="hardWeight">The weight w of the hard labels, from 0 to 1, sensibly 0.1 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; all that are out of theirs are listed.</exception>
    public static DistillationLoss Hinton(double temperature = 4, double hardWeight = 0.1)
    {
        ThrowIfInvalid(Temperature(temperature), Share("hard weight", hardWeight));
        return new HardLabelMixture(new KullbackLeiblerLoss(temperature), hardWeight);
    }

    /// <summary>
    /// The mean squared difference of the logits, sum (z - v)^2 / C (Ba and Caruana 2014, "Do Deep Nets Really Need to be
    /// Deep?"). It asks for the size of the teacher's logits too, and has no settings.
    /// </summary>
    public static DistillationLoss LogitMse { get; } = new LogitMseLoss();

    /// <summary>
    /// Decoupled distillation (Zhao et al. 2022, "Decoupled Knowledge Distillation", equation 7):
    /// T^2 (alpha KL(b_v || b_z) + beta KL(o_v || o_z)), where b are the probabilities of "the labeled class, any other" and
    /// o those of the other classes among themselves. At alpha 1, and beta the teacher's probability of "any other" image by
    /// image, it would be <see cref="KullbackLeibler"/>: a sure teacher says little about the other classes there, and as much
    /// as an unsure one here. With two classes, the part of beta is 0.
    /// </summary>
    /// <remarks>
    /// The authors raise the weight of this loss from 0 to 1 over the first epochs; a schedule is not part of a loss.
    /// </remarks>
    /// <param name="temperature">The temperature T that both logits are divided by; above 0, sensibly 1 to 4.</param>
    /// <param name="alpha">The weight of the labeled class against the rest; at least 0, sensibly 1.</param>
    /// <param name="beta">The weight of the other classes; at least 0, sensibly 1 to 8, more for a surer teacher.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; all that are out of theirs are listed.</exception>
    public static DistillationLoss Decoupled(double temperature = 4, double alpha = 1, double beta = 8)
    {
        ThrowIfInvalid(Temperature(temperature), Weight(nameof(alpha), alpha), Weight(nameof(beta), beta), NotBothZero(nameof(alpha), alpha, nameof(beta), beta));
        return new DecoupledLoss(temperature, alpha, beta);
    }

    /// <summary>
    /// DIST (Huang et al. 2022, "Knowledge Distillation from A Stronger Teacher"):
    /// T^2 (beta (1 - mean r(q_i, p_i)) + gamma (1 - mean r(q_j, p_j))), where r is Pearson's correlation, i runs over the
    /// images of the batch (relations between classes) and j over the classes (relations between images). It asks for the
    /// order and the spacing of probabilities, not for their size, which suits a teacher far larger than the student.
    /// </summary>
    /// <remarks>
    /// The part of gamma compares the images of a batch: it needs batches of some size, and is 0 for a batch of one. With two
    /// classes the part of beta has no gradient, because a correlation of two numbers is 1 or -1.
    /// As in the authors' code, 1e-8 is added to the product of the norms that a correlation is divided by. Unlike
    /// there, student probabilities that differ by less than 1e-4 of their size count as if they differed by that
    /// much, which bounds the gradient of a student that begins with equal logits.
    /// </remarks>
    /// <param name="temperature">The temperature T that both logits are divided by; above 0, sensibly 1 to 4.</param>
    /// <param name="beta">The weight of the relations between classes; at least 0, sensibly 1 to 2.</param>
    /// <param name="gamma">The weight of the relations between images; at least 0, sensibly 1 to 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; all that are out of theirs are listed.</exception>
    public static DistillationLoss Dist(double temperature = 4, double beta = 2, double gamma = 2)
    {
        ThrowIfInvalid(Temperature(temperature), Weight(nameof(beta), beta), Weight(nameof(gamma), gamma), NotBothZero(nameof(beta), beta, nameof(gamma), gamma));
        return new DistLoss(temperature, beta, gamma);
    }

    /// <summary>Cross-entropy with the labels alone; no teacher is needed.</summary>
    public static DistillationLoss HardLabels { get; } = new HardLabelLoss();

    /// <summary>
    /// The same loss on standardized logits: the logits of each image, the teacher's and the student's, less their mean and
    /// divided by their standard deviation (Sun et al. 2024, "Logit Standardization in Knowledge Distillation"). The student
    /// then need not reach the size of the teacher's logits, and one temperature suits every teacher.
    /// </summary>
    /// <remarks>
    /// <para>Standardized logits lie within a few units of 0, so that temperatures of 1 to 3 are sensible. Labels that are mixed
    /// in, before or after, are held against the logits as they are. Of two classes a z-score keeps no more than the
    /// sign; their logits are left as they are.</para>
    /// <para>A standard deviation below 0.001 counts as 0.001. Still, a student whose last layer starts at zero gets a first
    /// gradient that is a thousand times too large.</para>
    /// </remarks>
    /// <param name="loss">A loss that looks at the teacher.</param>
    /// <exception cref="ArgumentException">The loss looks at the labels alone.</exception>
    public static DistillationLoss Standardized(this DistillationLoss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (!loss.UsesTeacher)
            throw new ArgumentException($"The loss '{loss.Name}' looks at the labels alone; standardize one that looks at the teacher.", nameof(loss));
        return loss is HardLabelMixture mixture ? mixture.Standardized() : new StandardizedLoss(loss);
    }

    /// <summary>A loss and the labels mixed: (1 - w) loss + w CE(z, label).</summary>
    /// <param name="loss">Any loss, also one of your own.</param>
    /// <param name="weight">
    /// The weight w of the hard labels, from 0 to 1. A loss that is larger by nature (<see cref="Decoupled"/>,
    /// <see cref="Dist"/>: T^2 times its weights) takes a larger w for the same balance.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not from 0 to 1.</exception>
    public static DistillationLoss WithHardLabels(this DistillationLoss loss, double weight)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ThrowIfInvalid(Share("weight of the hard labels", weight));
        return new HardLabelMixture(loss, weight);
    }

    /// <summary>The loss of a trainer that is configured by a temperature and a weight.</summary>
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
        value > 0 && double.IsFinite(value) ? null : Mistake("temperature", value, "above 0 and finite");

    private static string? Weight(string name, double value) =>
        value >= 0 && double.IsFinite(value) ? null : Mistake(name, value, "at least 0 and finite");

    private static string? Share(string name, double value) => value is >= 0 and <= 1 ? null : Mistake(name, value, "from 0 to 1");

    private static string? NotBothZero(string first, double a, string second, double b) =>
        a == 0 && b == 0 ? $"{first} is 0 and {second} is 0; one must be above 0" : null;

    private static string Mistake(string name, double value, string range) =>
        string.Create(CultureInfo.InvariantCulture, $"the {name} is {value}; it must be {range}");
}
