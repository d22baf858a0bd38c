using VisualSentiment.Imaging;
using VisualSentiment.Scoring;

namespace VisualSentiment.Teaching;

/// <summary>Looks at the pixels themselves. What it computed once is not computed again.</summary>
/// <param name="classifier">Computes the logits; disposed by its owner.</param>
/// <param name="cache">Keeps them; null for a classifier that keeps what is expensive itself. Disposed with this object.</param>
internal sealed class PixelTeacher(PixelClassifier classifier, TeacherCache? cache) : ReadyTeacher(classifier.Classes.Count)
{
    public override bool IsConcurrent => classifier.IsConcurrent;

    // One at a time, so that a picture's logits do not depend on the pictures beside it, not even in the last bit.
    public override void ComputeLogits(ReadOnlySpan<int> pictures, ReadOnlySpan<byte> pixels, Span<float> logits)
    {
        for (int i = 0; i < pictures.Length; i++)
        {
            var picture = pixels.Slice(i * PixelFormat.ByteCount, PixelFormat.ByteCount);
            Span<float> row = logits.Slice(i * Classes, Classes);
            if (cache is null)
                classifier.Logits(picture, 1, row);
            else
                cache.ReadOrCompute(picture, row, classifier, static (classifier, picture, row) => classifier.Logits(picture, 1, row));
        }
    }

    public override ReadyTeacher ReadingFrom(CachedBackbone features) =>
        classifier is OnnxBackboneClassifier backbone ? new PixelTeacher(backbone.On(features), cache) : this;

    public override void Dispose() => cache?.Dispose();
}
