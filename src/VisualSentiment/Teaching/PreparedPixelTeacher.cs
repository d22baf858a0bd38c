using VisualSentiment.Distillation.Losses;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Teaching;

/// <summary>Looks at the pixels themselves. What it computed once is not computed again.</summary>
/// <param name="classifier">Computes the logits; disposed by its owner.</param>
/// <param name="cache">Keeps them; null for a classifier that keeps what is expensive itself. Disposed with this object.</param>
internal sealed class PreparedPixelTeacher(PixelClassifier classifier, TeacherCache? cache) : PreparedTeacher(classifier.Classes.Count)
{
    public override bool IsConcurrent => classifier.IsConcurrent;

    // One at a time, so that an image's logits do not depend on the images beside it, not even in the last bit.
    public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits)
    {
        for (int i = 0; i < images.Length; i++)
        {
            var image = pixels.Slice(i * PixelFormat.ByteCount, PixelFormat.ByteCount);
            Span<float> row = logits.Slice(i * Classes, Classes);
            if (cache is null)
                classifier.Logits(image, 1, row);
            else
                cache.ReadOrCompute(image, row, classifier, static (classifier, image, row) => classifier.Logits(image, 1, row));
        }
    }

    public override PreparedTeacher WithSharedBackbone(CachedBackbone features) =>
        classifier is OnnxBackboneClassifier backbone ? new PreparedPixelTeacher(backbone.On(features), cache) : this;

    public override void Dispose() => cache?.Dispose();
}
