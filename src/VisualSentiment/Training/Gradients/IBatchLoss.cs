using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>What a network minimizes, batch by batch.</summary>
internal interface IBatchLoss
{
    /// <summary>Whether <see cref="Sees"/> may answer anybody.</summary>
    bool NeedsPixels => false;

    /// <summary>Whether the pixels of several views and slices may be seen at once, on several threads, before the loss of any slice is computed.</summary>
    bool AllowsPrefetch => false;

    /// <summary>Who else is to see the pixels of a slice before the network does; null for nobody.</summary>
    PixelsSeen? Sees(MicroBatch slice) => null;

    /// <summary>Computes the mean loss of a slice from the network's logits [N, C].</summary>
    Tensor Compute(Tensor logits, MicroBatch slice);
}

/// <summary>Receives the pixels of one view of a slice, as the network is fed them.</summary>
/// <param name="index">Which view of the slice.</param>
/// <param name="pixels">Its pixels; overwritten after the call.</param>
internal delegate void PixelsSeen(int index, ReadOnlySpan<byte> pixels);
