using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A teacher that can be asked about the pictures of one training set. Used by one thread at a time.</summary>
internal abstract class ReadyTeacher : IDisposable
{
    /// <summary>Computes logits of pictures as they are looked at: as they are, or augmented.</summary>
    /// <param name="pictures">Which pictures of the set they are.</param>
    /// <param name="pixels">The pixels that are looked at, <see cref="PixelFormat.ByteCount"/> a picture.</param>
    /// <param name="logits">Receives [N, C] logits, in the set's class order.</param>
    public abstract void ComputeLogits(ReadOnlySpan<int> pictures, ReadOnlySpan<byte> pixels, Span<float> logits);

    public abstract void Dispose();

    /// <summary>Logits [N, C] of every picture of the set, as it is.</summary>
    public float[] ComputeLogits(TrainingSet set, TrainingRun run)
    {
        using var memory = ReusedMemory.Begin();
        int classes = set.Classes.Count;
        float[] logits = new float[set.Count * classes];
        for (int picture = 0; picture < set.Count; picture++)
        {
            ComputeLogits([picture], set.Pixels[picture], logits.AsSpan(picture * classes, classes));
            run.Report(TrainingStage.Teaching, picture + 1, set.Count);
        }
        return logits;
    }
}
