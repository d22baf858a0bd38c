using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>
/// DIST (Huang et al. 2022): T^2 (beta (1 - mean correlation of rows) + gamma (1 - mean correlation of columns)) of
/// softmax(z / T) and softmax(v / T), where rows are images and columns are classes.
/// </summary>
internal sealed class DistLoss(double temperature, double beta, double gamma) : DistillationLoss(createsTensors: false)
{
    // Added to the product of the norms, as in the authors' code.
    private const double Epsilon = 1e-8;

    // The lower bound of a student's centered norm, relative to the norm before centering. Without it, the gradient is
    // about 1e8 where all probabilities are equal, and Adam hardly moves for a thousand steps.
    private const double MinVariation = 1e-4;

    public override string Name =>
        string.Create(CultureInfo.InvariantCulture, $"DIST, T={temperature}, beta {beta}, gamma {gamma}");

    internal override double? Temperature => temperature;

    // The correlation of columns depends on the whole batch.
    public override bool IsMeanOverImages => gamma == 0;

    public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        Tensor q = Logits.LogProbabilities(studentLogits, temperature).exp();
        Tensor p = Logits.LogProbabilities(teacherLogits, temperature).exp();
        Tensor loss = beta * (1 - Correlation(q, p, dimension: 1).mean());
        // A single row has no correlation of columns.
        if (q.shape[0] > 1)
            loss += gamma * (1 - Correlation(q, p, dimension: 0).mean());
        return (temperature * temperature * loss).MoveToOuterDisposeScope();
    }

    /// <summary>Computes Pearson's correlation along a dimension; 0 if one side is constant.</summary>
    private static Tensor Correlation(Tensor student, Tensor teacher, long dimension)
    {
        Tensor x = student - student.mean([dimension], keepdim: true);
        Tensor y = teacher - teacher.mean([dimension], keepdim: true);
        // At least 1e-16, because the square root has no gradient at 0.
        Tensor min = (student.detach().square().sum(dimension) * (MinVariation * MinVariation))
            .clamp_min(Epsilon * Epsilon);
        Tensor norms = x.square().sum(dimension).maximum(min).sqrt() * y.square().sum(dimension).sqrt();
        return (x * y).sum(dimension) / (norms + Epsilon);
    }
}
