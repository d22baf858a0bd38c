using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A trained teacher: a classifier with its number of parameters and training metrics.</summary>
internal class TrainedTeacher(PixelClassifier classifier, long parameters, IReadOnlyList<EpochResult> history)
    : IDisposable
{
    public PixelClassifier Classifier { get; } = classifier;

    public long Parameters { get; } = parameters;

    public IReadOnlyList<EpochResult> History { get; } = history;

    /// <summary>Prepares the teacher for a set with the same classes. It must outlive the result.</summary>
    public virtual PreparedTeacher Prepare(TrainingSet set, TrainingRun run) => new PreparedPixelTeacher(Classifier);

    public virtual void Dispose() => Classifier.Dispose();
}

/// <summary>A teacher that classifies pixels. It does not own the classifier.</summary>
internal sealed class PreparedPixelTeacher(PixelClassifier classifier) : PreparedTeacher(classifier.Classes.Count)
{
    public override bool IsConcurrent => classifier.IsConcurrent;

    // One image at a time: in a batch, the last bits would depend on the other images.
    public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits)
    {
        for (int i = 0; i < images.Length; i++)
            classifier.Logits(pixels.Slice(i * PixelFormat.ByteCount, PixelFormat.ByteCount), 1,
                logits.Slice(i * Classes, Classes));
    }

    public override PreparedTeacher WithSharedBackbone(CachedBackbone features) =>
        classifier is OnnxBackboneClassifier backbone ? new PreparedPixelTeacher(backbone.On(features)) : this;

    public override void Dispose()
    {
    }
}
