using VisualSentiment.Imaging;

namespace VisualSentiment.Inference;

/// <summary>Scores images given as <see cref="PixelFormat"/>. Thread-safe, until it is disposed.</summary>
internal abstract class PixelClassifier : IDisposable
{
    /// <summary>The classes, in the order of the scores.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>How images are fitted to the square.</summary>
    public abstract ImageFit Fit { get; }

    /// <summary>Computes probabilities.</summary>
    /// <param name="pixels"><paramref name="count"/> images of <see cref="PixelFormat.ByteCount"/> bytes each.</param>
    /// <param name="count">How many images.</param>
    /// <param name="probabilities">Receives [count, C] probabilities.</param>
    public abstract void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities);

    /// <summary>Whether images are scored at the same time when several threads ask for it.</summary>
    public virtual bool IsConcurrent => false;

    /// <summary>Computes logits, as <see cref="Score"/> does probabilities.</summary>
    public abstract void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits);

    public abstract void Dispose();
}
