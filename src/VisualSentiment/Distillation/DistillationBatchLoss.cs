using VisualSentiment.Teaching;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Distillation;

/// <summary>A distillation loss over the views of a training set.</summary>
/// <param name="loss">The loss.</param>
/// <param name="teacherLogits">The teacher's logits of views.</param>
/// <param name="mixed">Computes logits of mixed images; null if none are mixed or no teacher is used.</param>
/// <param name="labels">The class index of every image, <see cref="DistillationLoss.NoLabel"/> for those without.</param>
internal sealed class DistillationBatchLoss(DistillationLoss loss, PrecomputedLogits? teacherLogits, PreparedTeacher? mixed, Tensor labels) : IBatchLoss
{
    private float[] _mixedLogits = [];

    public bool NeedsPixels => mixed is not null;

    public PixelObserver? GetPixelObserver(MicroBatch slice)
    {
        if (mixed is null)
            return null;
        int classes = mixed.Classes;
        _mixedLogits = new float[slice.Views.Length * classes];
        return (i, pixels) => mixed.ComputeLogits([slice.Views[i].Image], pixels, _mixedLogits.AsSpan(i * classes, classes));
    }

    public Tensor Compute(Tensor logits, MicroBatch slice)
    {
        using Tensor teacher = TeacherLogits(logits, slice), first = LabelsOf(slice.Views);
        if (slice.Share == 1)
            return loss.Compute(logits, teacher, first);
        using Tensor second = LabelsOf(slice.Others);
        return slice.Share * loss.Compute(logits, teacher, first) + (1 - slice.Share) * loss.Compute(logits, teacher, second);
    }

    private Tensor TeacherLogits(Tensor logits, MicroBatch slice)
    {
        // Also if the share is exactly 1, which a Beta variate may be rounded to: mixed steps have no precomputed logits.
        if (mixed is not null)
            return tensor(_mixedLogits, logits.shape, device: logits.device);
        return teacherLogits is not null ? teacherLogits.Of(slice.Views) : zeros_like(logits).detach();
    }

    private Tensor LabelsOf(ImageView[] views)
    {
        using Tensor rows = tensor(Array.ConvertAll(views, view => (long)view.Image));
        return labels[rows];
    }
}
