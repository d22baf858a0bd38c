using System.Buffers;
using System.Runtime.InteropServices;
using VisualSentiment.Imaging.Augmentation;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch.Workarounds;
using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>
/// Gathers views of images into a tensor whose memory is used again for every batch: numbers for the processor, bytes for
/// a GPU, which are a fourth of what has to be brought there.
/// </summary>
internal sealed class PixelBatch(TrainingViews views, PixelNormalization normalization, DeviceType device, int capacity) : IDisposable
{
    private readonly PixelScale? _scale = device == DeviceType.CPU ? new(normalization) : null;
    private readonly Tensor _values = empty([capacity, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels],
        device == DeviceType.CPU ? ScalarType.Float32 : ScalarType.Byte).DetachFromDisposeScope();

    /// <summary>
    /// The images as a network is fed them, [N, 3, 224, 224], channels-last. The next call overwrites them.
    /// </summary>
    /// <param name="slice">What is looked at.</param>
    /// <param name="see">Shown the pixels of each view of the slice; null where nobody else looks.</param>
    public Tensor Gather(MicroBatch slice, PixelsSeen? see = null)
    {
        Fill(slice, see);
        return Filled(slice.Views.Length);
    }

    /// <summary>The first half of <see cref="Gather"/>, which any thread may do.</summary>
    public void Fill(MicroBatch slice, PixelsSeen? see = null)
    {
        for (int i = 0; i < slice.Views.Length; i++)
            FillIn(slice, i, see);
    }

    /// <summary>The same, an image on each core, for those who may see several at once.</summary>
    public void FillOnAllCores(MicroBatch slice, PixelsSeen? see) =>
        PerCore.For(slice.Views.Length, i => FillIn(slice, i, see), CancellationToken.None);

    private void FillIn(MicroBatch slice, int index, PixelsSeen? see)
    {
        byte[] look = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount), other = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        try
        {
            Span<byte> room = look.AsSpan(0, PixelFormat.ByteCount);
            ReadOnlySpan<byte> pixels = views.Look(slice.Views[index], room);
            if (slice.Share < 1)
            {
                // The store's own bytes are not to be written to.
                if (!views.Vary)
                    pixels.CopyTo(room);
                ViewRenderer.Blend(room, views.Look(slice.Others[index], other.AsSpan(0, PixelFormat.ByteCount)), slice.Share);
                pixels = room;
            }
            see?.Invoke(index, pixels);
            using Tensor image = _values.narrow(0, index, 1);
            if (_scale is null)
                pixels.CopyTo(image.bytes);
            else
                _scale.Convert(pixels, MemoryMarshal.Cast<byte, float>(image.bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(look);
            ArrayPool<byte>.Shared.Return(other);
        }
    }

    /// <summary>The second half: the first images that were filled in.</summary>
    public Tensor Filled(int count)
    {
        using Tensor filled = _values.narrow(0, 0, count);
        if (_scale is not null)
            return filled.permute(0, 3, 1, 2);
        using Tensor there = filled.to(device);
        return ChannelsLast.Normalize(there, normalization);
    }

    public void Dispose() => _values.Dispose();
}
