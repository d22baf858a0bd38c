using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>A loss that training minimizes, computed micro-batch by micro-batch.</summary>
internal interface IBatchLoss
{
    /// <summary>Whether <see cref="GetPixelObserver"/> may return an observer.</summary>
    bool NeedsPixels => false;

    /// <summary>
    /// Whether observers may receive the pixels of several micro-batches, on several threads, before their losses are
    /// computed.
    /// </summary>
    bool AllowsPrefetch => false;

    /// <summary>
    /// Gets a callback that receives each view's pixels before the forward pass; null if none is needed.
    /// </summary>
    PixelObserver? GetPixelObserver(MicroBatch batch) => null;

    /// <summary>Computes the mean loss of a micro-batch from the network's logits [N, C].</summary>
    Tensor Compute(Tensor logits, MicroBatch batch);
}

/// <summary>Receives the pixels of one view of a micro-batch. They are overwritten after the call.</summary>
internal delegate void PixelObserver(int index, ReadOnlySpan<byte> pixels);

/// <summary>
/// The views of a training step that go through the network together. Mixup blends them with <see cref="Others"/>, with
/// the weight <see cref="Share"/> for <see cref="Views"/>; without mixup, there are no others and the share is 1.
/// </summary>
internal readonly record struct MicroBatch(ImageView[] Views, ImageView[] Others, double Share)
{
    public static MicroBatch Of(params IEnumerable<int> images) =>
        new([.. images.Select(image => new ImageView(image, 0))], [], 1);

    public MicroBatch Slice(int from, int count) => this with
    {
        Views = Views[from..(from + count)],
        Others = Others.Length == 0 ? [] : Others[from..(from + count)],
    };
}
