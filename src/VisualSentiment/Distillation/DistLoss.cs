using System.Globalization;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation;

/// <summary>
/// DIST (Huang et al. 2022): T^2 (beta (1 - mean correlation of rows) + gamma (1 - mean correlation of columns)), where rows
/// (a picture) and columns (a class) are those of softmax(z / T) and softmax(v / T).
/// </summary>
internal sealed class DistLoss(double temperature, double beta, double gamma) : DistillationLoss
{
    // Two norms of this size make the 1e-8 that the authors' code adds to their product. As a floor of each, it also bounds
    // the gradient where all probabilities are alike.
    private const double LeastNorm = 1e-4;

    public override string Name => string.Create(CultureInfo.InvariantCulture, $"DIST, T={temperature}, beta {beta}, gamma {gamma}");

    // A column is a batch's business, not a picture's.
    public override bool IsMeanOverPictures => gamma == 0;

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
    private static Tensor Correlation(Tensor x, Tensor y, long dimension) => (Center(x, dimension) * Center(y, dimension)).sum(dimension);

    private static Tensor Center(Tensor x, long dimension)
    {
        x -= x.mean([dimension], keepdim: true);
        return x / x.square().sum(dimension, keepdim: true).clamp_min(LeastNorm * LeastNorm).sqrt();
    }
}
