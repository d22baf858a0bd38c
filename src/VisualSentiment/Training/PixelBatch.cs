using VisualSentiment.Imaging;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>Gathers pictures of a store into a tensor whose memory is used again for every batch.</summary>
internal sealed class PixelBatch(PixelStore store, PixelNormalization normalization, int capacity) : IDisposable
{
    private readonly Tensor _bytes =
        empty([capacity, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels], ScalarType.Byte).DetachFromDisposeScope();

    /// <summary>The pictures as a network is fed them, [N, 3, 224, 224], channels-last.</summary>
    public Tensor Gather(ReadOnlySpan<int> pictures)
    {
        Span<byte> bytes = _bytes.bytes;
        for (int i = 0; i < pictures.Length; i++)
            store[pictures[i]].CopyTo(bytes[(i * PixelFormat.ByteCount)..]);
        using Tensor filled = _bytes.narrow(0, 0, pictures.Length);
        return ChannelsLast.Normalize(filled, normalization);
    }

    public void Dispose() => _bytes.Dispose();
}
