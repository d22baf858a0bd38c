using VisualSentiment.Imaging;

namespace VisualSentiment.Teaching;

/// <summary>A teacher that can be asked about the images of one training set. Used by one thread at a time, unless it is concurrent.</summary>
internal abstract class PreparedTeacher(int classes) : IDisposable
{
    /// <summary>C.</summary>
    public int Classes { get; } = classes;

    /// <summary>Whether the answer depends on the pixels, or on the image alone.</summary>
    public virtual bool RequiresPixels => true;

    /// <summary>Whether several threads may ask at once, and are answered at once.</summary>
    public virtual bool IsConcurrent => false;

    /// <summary>
    /// The group of an image: where images of different groups are mixed, every part of the teacher was trained on one of
    /// them.
    /// </summary>
    public virtual long MixGroupOf(int image) => 0;

    /// <summary>Computes logits of images as they are looked at: as they are, or augmented.</summary>
    /// <param name="images">Which images of the set they are.</param>
    /// <param name="pixels">The pixels that are looked at, <see cref="PixelFormat.ByteCount"/> an image.</param>
    /// <param name="logits">Receives [N, C] logits, in the set's class order.</param>
    public abstract void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits);

    /// <summary>
    /// The same teacher, which takes what it needs from features that are computed anyway, where it can: takes the place of this one,
    /// and lives no longer than the features.
    /// </summary>
    public virtual PreparedTeacher WithSharedBackbone(CachedBackbone features) => this;

    public abstract void Dispose();
}
