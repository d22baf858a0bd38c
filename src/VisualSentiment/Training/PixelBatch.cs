using System.Runtime.InteropServices;
using VisualSentiment.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>Gathers pictures of a store into a tensor whose memory is used again for every batch.</summary>
internal sealed class PixelBatch(PixelStore store, PixelNormalization normalization, DeviceType device, int capacity) : IDisposable
{
    private readonly PixelScale _scale = new(normalization);
    private readonly Tensor _values =
        empty([capacity, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels], ScalarType.Float32).DetachFromDisposeScope();

    /// <summary>
    /// The pictures as a network is fed them, [N, 3, 224, 224], channels-last. The next call overwrites them.
    /// </summary>
    public Tensor Gather(ReadOnlySpan<int> pictures)
    {
        for (int i = 0; i < pictures.Length; i++)
        {
            using Tensor picture = _values.narrow(0, i, 1);
            _scale.Convert(store[pictures[i]], MemoryMarshal.Cast<byte, float>(picture.bytes));
        }
        using Tensor filled = _values.narrow(0, 0, pictures.Length);
        using Tensor channelsLast = filled.permute(0, 3, 1, 2);
        return channelsLast.to(device);
    }

    public void Dispose() => _values.Dispose();
}
