using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Features;

/// <summary>A loss of the logits and, weighted, one of the features that stand behind them: [N, C + D + ...].</summary>
/// <param name="loss">Of the logits.</param>
/// <param name="features">Of the features.</param>
/// <param name="classes">C.</param>
/// <param name="weight">The weight of the features' loss; the other's is 1.</param>
internal sealed class LossWithFeatures(IBatchLoss loss, FeatureLoss features, int classes, double weight) : IBatchLoss
{
    public bool NeedsPixels => true;

    public bool AllowsPrefetch => !loss.NeedsPixels || loss.AllowsPrefetch;

    public PixelObserver? GetPixelObserver(MicroBatch batch) =>
        loss.GetPixelObserver(batch) + features.GetPixelObserver(batch);

    public Tensor Compute(Tensor logits, MicroBatch slice) => loss.Compute(logits.narrow(1, 0, classes), slice)
        + weight * features.Compute(logits.narrow(1, classes, logits.shape[1] - classes), slice);
}
