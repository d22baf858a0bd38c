using System.Numerics.Tensors;
using VisualSentiment.Imaging;

namespace VisualSentiment.Training.Gradients;

/// <summary>Bytes to what a network is fed, a row of an image at a time: each byte times a factor plus an offset.</summary>
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

    /// <summary>Converts whole images, height-width-channel.</summary>
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
