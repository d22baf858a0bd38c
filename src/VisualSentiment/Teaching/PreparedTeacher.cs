using VisualSentiment.Imaging;

namespace VisualSentiment.Teaching;

/// <summary>A teacher prepared for the images of one training set.</summary>
internal abstract class PreparedTeacher(int classes) : IDisposable
{
    public int Classes { get; } = classes;

    /// <summary>Whether the logits depend on the pixels, not only on the image's index.</summary>
    public virtual bool RequiresPixels => true;

    /// <summary>Whether several threads may compute logits at the same time.</summary>
    public virtual bool IsConcurrent => false;

    /// <summary>
    /// Gets the group of an image. Only images of one group may be mixed, because for images of different groups every
    /// part of the teacher was trained on one of them.
    /// </summary>
    public virtual long MixGroupOf(int image) => 0;

    /// <summary>Computes the logits of images or of their augmented views.</summary>
    /// <param name="images">The indices of the N images in the set.</param>
    /// <param name="pixels">The pixels of the views, <see cref="PixelFormat.ByteCount"/> per image.</param>
    /// <param name="logits">Receives the logits [N, C] in the class order of the set.</param>
    public abstract void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits);

    /// <summary>
    /// Returns a teacher that reuses the features of a backbone, if possible. It replaces this one and must not outlive
    /// the backbone.
    /// </summary>
    public virtual PreparedTeacher WithSharedBackbone(CachedBackbone features) => this;

    public abstract void Dispose();
}
