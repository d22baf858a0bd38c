using VisualSentiment.Common;
using VisualSentiment.Scoring;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>A loss that also counts how many labelled pictures the network puts the right class first for.</summary>
/// <param name="loss">The loss.</param>
/// <param name="set">The pictures.</param>
internal sealed class CountedLoss(IBatchLoss loss, TrainingSet set) : IBatchLoss
{
    private int _labelled, _right;

    public bool SeesPixels => loss.SeesPixels;

    public bool SeesAhead => loss.SeesAhead;

    public PixelsSeen? Sees(StepSlice slice) => loss.Sees(slice);

    public Tensor Compute(Tensor logits, StepSlice slice)
    {
        // A mixed picture has no label of its own, and without classes nobody has.
        if (slice.Others.Length == 0 && set.Classes.Count > 0)
            Count(logits, slice);
        return loss.Compute(logits, slice);
    }

    /// <summary>The share of right ones since the last call; null where there were no labelled pictures.</summary>
    public double? TakeAccuracy()
    {
        double? accuracy = _labelled == 0 ? null : (double)_right / _labelled;
        (_labelled, _right) = (0, 0);
        return accuracy;
    }

    private void Count(Tensor logits, StepSlice slice)
    {
        using var scope = NewDisposeScope();
        int classes = set.Classes.Count;
        // Features may stand behind the logits.
        ReadOnlySpan<float> values = logits.detach().narrow(1, 0, classes).to(float32).cpu().contiguous().data<float>().ToArray();
        for (int i = 0; i < slice.Views.Length; i++)
        {
            int picture = slice.Views[i].Picture;
            if (picture >= set.Count)
                continue;
            _labelled++;
            _right += ArgMax.Of(values.Slice(i * classes, classes)) == set.Labels[picture] ? 1 : 0;
        }
    }
}
