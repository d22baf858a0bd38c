using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>
/// DIST (Huang et al. 2022): T^2 (beta (1 - mean correlation of rows) + gamma (1 - mean correlation of columns)), where rows
/// (an image) and columns (a class) are those of softmax(z / T) and softmax(v / T).
/// </summary>
internal sealed class DistLoss(double temperature, double beta, double gamma) : DistillationLoss(createsTensors: false)
{
    // Added to the product of the norms, as in the authors' code.
    private const double Epsilon = 1e-8;

    // A student's norm counts as at least this share of what it is before centring: where all probabilities are
    // alike, the gradient of the authors' code is about 1e8, after which Adam hardly moves for a thousand steps.
    private const double LeastVariation = 1e-4;

    public override string Name => string.Create(CultureInfo.InvariantCulture, $"DIST, T={temperature}, beta {beta}, gamma {gamma}");

    internal override double? Temperature => temperature;

    // A column is a batch's business, not an image's.
    public override bool IsMeanOverImages => gamma == 0;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        Tensor q = Logits.LogProbabilities(studentLogits, temperature).exp(), p = Logits.LogProbabilities(teacherLogits, temperature).exp();
        Tensor loss = beta * (1 - Correlation(q, p, dimension: 1).mean());
        // Nothing correlates in a batch of one.
        if (q.shape[0] > 1)
            loss += gamma * (1 - Correlation(q, p, dimension: 0).mean());
        return (temperature * temperature * loss).MoveToOuterDisposeScope();
    }

    /// <summary>Pearson's correlation along a dimension; 0 where one side does not vary.</summary>
    private static Tensor Correlation(Tensor student, Tensor teacher, long dimension)
    {
        Tensor x = student - student.mean([dimension], keepdim: true);
        Tensor y = teacher - teacher.mean([dimension], keepdim: true);
        // At least 1e-16, because the square root has no gradient at 0.
        Tensor least = (student.detach().square().sum(dimension) * (LeastVariation * LeastVariation))
            .clamp_min(Epsilon * Epsilon);
        Tensor norms = x.square().sum(dimension).maximum(least).sqrt() * y.square().sum(dimension).sqrt();
        return (x * y).sum(dimension) / (norms + Epsilon);
    }
}
