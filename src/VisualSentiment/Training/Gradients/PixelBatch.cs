using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TorchSharp;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Imaging.Augmentation;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace VisualSentiment.Training.Gradients;

/// <summary>
/// Gathers views of images into a tensor whose memory is reused for every batch: normalized floats on a CPU; bytes for
/// a GPU, to which they are copied faster.
/// </summary>
internal sealed class PixelBatch(
    TrainingViews views, PixelNormalization normalization, DeviceType device, int capacity) : IDisposable
{
    private readonly PixelScale? _scale = device == DeviceType.CPU ? new(normalization) : null;
    private readonly Tensor _values = empty([capacity, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels],
        device == DeviceType.CPU ? ScalarType.Float32 : ScalarType.Byte).DetachFromDisposeScope();

    /// <summary>
    /// Returns the network's input [N, 3, 224, 224], channels-last, which the next call overwrites. The observer, if
    /// any, receives the pixels of each view.
    /// </summary>
    public Tensor Gather(MicroBatch batch, PixelObserver? observer = null)
    {
        Fill(batch, observer);
        return ToTensor(batch.Views.Length);
    }

    /// <summary>The first half of <see cref="Gather"/>, on any thread.</summary>
    public void Fill(MicroBatch batch, PixelObserver? observer = null)
    {
        for (int i = 0; i < batch.Views.Length; i++)
            FillIn(batch, i, observer);
    }

    /// <summary>Does the same as <see cref="Fill"/> with one image per core.</summary>
    public void FillInParallel(MicroBatch batch, PixelObserver? observer) =>
        PerCore.For(batch.Views.Length, i => FillIn(batch, i, observer), CancellationToken.None);

    private void FillIn(MicroBatch batch, int index, PixelObserver? observer)
    {
        byte[] first = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        byte[] second = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        try
        {
            Span<byte> buffer = first.AsSpan(0, PixelFormat.ByteCount);
            ReadOnlySpan<byte> pixels = views.Read(batch.Views[index], buffer);
            if (batch.Share < 1)
            {
                // The store's bytes must not be overwritten.
                if (!views.AreAugmented)
                    pixels.CopyTo(buffer);
                ViewRenderer.Blend(
                    buffer, views.Read(batch.Others[index], second.AsSpan(0, PixelFormat.ByteCount)), batch.Share);
                pixels = buffer;
            }
            observer?.Invoke(index, pixels);
            using Tensor image = _values.narrow(0, index, 1);
            if (_scale is null)
                pixels.CopyTo(image.bytes);
            else
                _scale.Convert(pixels, MemoryMarshal.Cast<byte, float>(image.bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(first);
            ArrayPool<byte>.Shared.Return(second);
        }
    }

    /// <summary>The second half of <see cref="Gather"/>: the network's input of the first images.</summary>
    public Tensor ToTensor(int count)
    {
        using Tensor filled = _values.narrow(0, 0, count);
        if (_scale is not null)
            return filled.permute(0, 3, 1, 2);
        using Tensor moved = filled.to(device);
        return ChannelsLast.Normalize(moved, normalization);
    }

    public void Dispose() => _values.Dispose();
}

/// <summary>Normalizes pixels row by row on a CPU.</summary>
internal sealed class PixelScale
{
    private const int RowLength = PixelFormat.Width * PixelFormat.Channels;

    private readonly float[] _factors;
    private readonly float[] _offsets;

    public PixelScale(PixelNormalization normalization)
    {
        var (scale, offset) = normalization.ToScaleAndOffset();
        _factors = [.. Enumerable.Range(0, RowLength).Select(i => scale[i % scale.Length])];
        _offsets = [.. Enumerable.Range(0, RowLength).Select(i => offset[i % offset.Length])];
    }

    /// <summary>Converts whole images in height-width-channel order.</summary>
    public void Convert(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        for (int at = 0; at < pixels.Length; at += RowLength)
        {
            Span<float> row = values.Slice(at, RowLength);
            TensorPrimitives.ConvertTruncating(pixels.Slice(at, RowLength), row);
            TensorPrimitives.MultiplyAdd(row, _factors, _offsets, row);
        }
    }
}
