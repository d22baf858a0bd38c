using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Scoring;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A teacher that has learned: it only computes, in evaluation mode and without gradients.</summary>
internal sealed class TrainedTeacher(PixelClassifier classifier, long parameters, IReadOnlyList<EpochResult> history) : IDisposable
{
    private const int PicturesAtOnce = 16;

    public PixelClassifier Classifier { get; } = classifier;

    public long Parameters { get; } = parameters;

    public IReadOnlyList<EpochResult> History { get; } = history;

    /// <summary>Logits [N, C] of every picture of the set.</summary>
    public float[] ComputeLogits(TrainingSet set, TrainingRun run)
    {
        using var memory = ReusedMemory.Begin();
        int classes = Classifier.Classes.Count;
        float[] logits = new float[set.Count * classes];
        byte[] pixels = new byte[PicturesAtOnce * PixelFormat.ByteCount];
        for (int from = 0; from < set.Count; from += PicturesAtOnce)
        {
            int count = Math.Min(PicturesAtOnce, set.Count - from);
            for (int i = 0; i < count; i++)
                set.Pixels[from + i].CopyTo(pixels.AsSpan(i * PixelFormat.ByteCount));
            Classifier.Logits(pixels.AsSpan(0, count * PixelFormat.ByteCount), count, logits.AsSpan(from * classes, count * classes));
            run.Report(TrainingStage.Teaching, from + count, set.Count);
        }
        return logits;
    }

    public void Dispose() => Classifier.Dispose();
}
