using VisualSentiment.Common;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>A loss that also counts the labeled images that the network classifies correctly.</summary>
internal sealed class LossWithAccuracy(IBatchLoss loss, TrainingSet set) : IBatchLoss
{
    private int _labeled, _correct;

    public bool NeedsPixels => loss.NeedsPixels;

    public bool AllowsPrefetch => loss.AllowsPrefetch;

    public PixelObserver? GetPixelObserver(MicroBatch batch) => loss.GetPixelObserver(batch);

    public Tensor Compute(Tensor logits, MicroBatch batch)
    {
        // Mixed images have no single label, and pretraining has no classes.
        if (batch.Others.Length == 0 && set.Classes.Count > 0)
            Count(logits, batch);
        return loss.Compute(logits, batch);
    }

    /// <summary>Returns the accuracy since the last call; null if there were no labeled images.</summary>
    public double? TakeAccuracy()
    {
        double? accuracy = _labeled == 0 ? null : (double)_correct / _labeled;
        (_labeled, _correct) = (0, 0);
        return accuracy;
    }

    private void Count(Tensor logits, MicroBatch batch)
    {
        using var scope = NewDisposeScope();
        int classes = set.Classes.Count;
        // Features may follow the logits.
        ReadOnlySpan<float> values =
            logits.detach().narrow(1, 0, classes).to(float32).cpu().contiguous().data<float>().ToArray();
        for (int i = 0; i < batch.Views.Length; i++)
            if (batch.Views[i].Image is var image && image < set.Count)
            {
                _labeled++;
                _correct += ArgMax.Of(values.Slice(i * classes, classes)) == set.Labels[image] ? 1 : 0;
            }
    }
}
