using VisualSentiment.Imaging;

namespace VisualSentiment.Inference;

/// <summary>Scores images in <see cref="PixelFormat"/>. Thread-safe.</summary>
internal abstract class PixelClassifier : IDisposable
{
    /// <summary>The classes, in the order of the scores.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    public abstract ImageFit Fit { get; }

    /// <summary>Computes probabilities.</summary>
    /// <param name="pixels"><paramref name="count"/> images of <see cref="PixelFormat.ByteCount"/> bytes each.</param>
    /// <param name="count">The number of images.</param>
    /// <param name="probabilities">Receives [count, C] probabilities.</param>
    public abstract void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities);

    /// <summary>Whether calls from several threads run at the same time.</summary>
    public virtual bool IsConcurrent => false;

    /// <summary>Computes logits. The parameters are those of <see cref="Score"/>.</summary>
    public abstract void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits);

    public abstract void Dispose();
}
