using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using TorchSharp;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Teaching;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Features;

/// <summary>
/// One minus the cosine between what a network says of an image, [N, D], and the backbone's features of the same pixels,
/// each of them shifted and scaled to mean 0 and deviation 1. The direction is learned, not the length, which differs from
/// one kind of backbone to another. To that comes, of every feature map that both have, the mean squared difference: hints
/// (Romero et al. 2015).
/// </summary>
/// <param name="backbone">Computes the features, D numbers an image.</param>
/// <param name="statistics">Mean and deviation of each.</param>
internal sealed class FeatureLoss(CachedBackbone backbone, FeatureStatistics statistics) : IBatchLoss
{
    // Of slices that were seen and not computed yet; and arrays to use again.
    private readonly ConcurrentDictionary<ImageView[], float[]> _targets = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentBag<float[]> _free = [];

    public bool NeedsPixels => true;

    public bool AllowsPrefetch => true;

    public PixelObserver? GetPixelObserver(MicroBatch slice)
    {
        int width = backbone.Width;
        int size = slice.Views.Length * width;
        if (!_free.TryTake(out float[]? targets) || targets.Length != size)
            targets = new float[size];
        _targets[slice.Views] = targets;
        return (i, pixels) =>
        {
            Span<float> target = targets.AsSpan(i * width, width);
            backbone.Embed(pixels, target);
            statistics.Standardize(target);
        };
    }

    public Tensor Compute(Tensor logits, MicroBatch slice)
    {
        float[] values = _targets[slice.Views];
        _targets.TryRemove(slice.Views, out _);
        using Tensor plain = empty(logits.shape);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(plain.bytes));
        _free.Add(values);
        using Tensor targets = plain.to(logits.device);
        int width = backbone.EmbeddingWidth;
        Tensor loss = 1 - nn.functional.cosine_similarity(logits.narrow(1, 0, width), targets.narrow(1, 0, width), dim: 1).mean();
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
