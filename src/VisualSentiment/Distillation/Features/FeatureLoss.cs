using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Teaching;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Features;

/// <summary>
/// One minus the cosine similarity of a network's output [N, D] and the backbone's standardized embedding of the same
/// pixels, because the norm of embeddings differs between backbones; plus the mean squared difference of each feature
/// map that both have (hints, Romero et al. 2015).
/// </summary>
internal sealed class FeatureLoss(CachedBackbone backbone, FeatureStatistics statistics) : IBatchLoss
{
    // The targets of batches whose loss is not computed yet, and arrays for reuse.
    private readonly ConcurrentDictionary<ImageView[], float[]> _targets = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentBag<float[]> _free = [];

    public bool NeedsPixels => true;

    public bool AllowsPrefetch => true;

    public PixelObserver? GetPixelObserver(MicroBatch batch)
    {
        int width = backbone.Width;
        int size = batch.Views.Length * width;
        if (!_free.TryTake(out float[]? targets) || targets.Length != size)
            targets = new float[size];
        _targets[batch.Views] = targets;
        return (i, pixels) =>
        {
            Span<float> target = targets.AsSpan(i * width, width);
            backbone.Embed(pixels, target);
            statistics.Standardize(target);
        };
    }

    public Tensor Compute(Tensor logits, MicroBatch batch)
    {
        float[] values = _targets[batch.Views];
        _targets.TryRemove(batch.Views, out _);
        using Tensor plain = empty(logits.shape);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(plain.bytes));
        _free.Add(values);
        using Tensor targets = plain.to(logits.device);
        int width = backbone.EmbeddingWidth;
        Tensor loss = 1 - nn.functional.cosine_similarity(
            logits.narrow(1, 0, width), targets.narrow(1, 0, width), dim: 1).mean();
        foreach (BackboneMap map in backbone.Maps)
        {
            int size = map.Channels * map.Side * map.Side;
            Tensor difference = logits.narrow(1, width, size) - targets.narrow(1, width, size);
            loss += (difference * difference).mean();
            width += size;
        }
        return loss;
    }
}

/// <summary>The sum of a loss of the logits and a weighted loss of the features in outputs [N, C + D + ...].</summary>
internal sealed class LossWithFeatures(IBatchLoss loss, FeatureLoss features, int classes, double weight) : IBatchLoss
{
    public bool NeedsPixels => true;

    public bool AllowsPrefetch => !loss.NeedsPixels || loss.AllowsPrefetch;

    public PixelObserver? GetPixelObserver(MicroBatch batch) =>
        loss.GetPixelObserver(batch) + features.GetPixelObserver(batch);

    public Tensor Compute(Tensor outputs, MicroBatch batch) => loss.Compute(outputs.narrow(1, 0, classes), batch)
        + weight * features.Compute(outputs.narrow(1, classes, outputs.shape[1] - classes), batch);
}
