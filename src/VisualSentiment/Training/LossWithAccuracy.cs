using VisualSentiment.Common;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>A loss that also counts how many labeled images the network puts the right class first for.</summary>
/// <param name="loss">The loss.</param>
/// <param name="set">The images.</param>
internal sealed class LossWithAccuracy(IBatchLoss loss, TrainingSet set) : IBatchLoss
{
    private int _labeled, _right;

    public bool NeedsPixels => loss.NeedsPixels;

    public bool AllowsPrefetch => loss.AllowsPrefetch;

    public PixelsSeen? Sees(MicroBatch slice) => loss.Sees(slice);

    public Tensor Compute(Tensor logits, MicroBatch slice)
    {
        // A mixed image has no label of its own, and without classes nobody has.
        if (slice.Others.Length == 0 && set.Classes.Count > 0)
            Count(logits, slice);
        return loss.Compute(logits, slice);
    }

    /// <summary>The share of right ones since the last call; null where there were no labeled images.</summary>
    public double? TakeAccuracy()
    {
        double? accuracy = _labeled == 0 ? null : (double)_right / _labeled;
        (_labeled, _right) = (0, 0);
        return accuracy;
    }

    private void Count(Tensor logits, MicroBatch slice)
    {
        using var scope = NewDisposeScope();
        int classes = set.Classes.Count;
        // Features may stand behind the logits.
        ReadOnlySpan<float> values = logits.detach().narrow(1, 0, classes).to(float32).cpu().contiguous().data<float>().ToArray();
        for (int i = 0; i < slice.Views.Length; i++)
        {
            int image = slice.Views[i].Image;
            if (image >= set.Count)
                continue;
            _labeled++;
            _right += ArgMax.Of(values.Slice(i * classes, classes)) == set.Labels[image] ? 1 : 0;
        }
    }
}
