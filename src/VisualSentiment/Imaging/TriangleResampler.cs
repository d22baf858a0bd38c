using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VisualSentiment.Imaging;

/// <summary>
/// Resizes with an anti-aliased triangle filter, in integers: rows first, rounded to bytes, then columns. The same bytes on
/// every platform, and those of Pillow's <c>Image.resize(BILINEAR)</c>. Skia's scalers alias on long thin pictures and
/// differ between versions.
/// </summary>
internal static class TriangleResampler
{
    private const int Half = 1 << (ResampleWeights.FractionBits - 1);

    /// <summary>Resizes a picture to fill the destination.</summary>
    /// <param name="source">At least one pixel.</param>
    /// <param name="rgb">Where the bytes go, height-width-channel: 3 * width * height of them.</param>
    /// <param name="width">Width of the result in pixels.</param>
    /// <param name="height">Height of the result in pixels.</param>
    public static void Resize(PixelView source, Span<byte> rgb, int width, int height)
    {
        using var horizontal = new ResampleWeights(source.Width, width);
        using var vertical = new ResampleWeights(source.Height, height);

        // Only the rows under one output row's triangle are kept, so that a huge picture costs no second copy of itself.
        int window = Math.Min(vertical.MaxCount, source.Height);
        int stride = 4 * width;
        byte[] sourceRow = ArrayPool<byte>.Shared.Rent(4 * source.Width);
        byte[] narrowRows = ArrayPool<byte>.Shared.Rent(checked(window * stride));
        byte[] outputRow = ArrayPool<byte>.Shared.Rent(stride);

        int next = 0;
        for (int y = 0; y < height; y++)
        {
            int first = vertical.First(y);
            var weights = vertical.Of(y);
            for (next = Math.Max(next, first); next < first + weights.Length; next++)
            {
                source.CopyRow(next, sourceRow);
                ResizeRow(sourceRow, narrowRows.AsSpan(next % window * stride, stride), horizontal);
            }
            Blend(narrowRows, window, first, weights, outputRow.AsSpan(0, stride));
            DropFourth(outputRow.AsSpan(0, stride), rgb.Slice(3 * width * y, 3 * width));
        }

        ArrayPool<byte>.Shared.Return(sourceRow);
        ArrayPool<byte>.Shared.Return(narrowRows);
        ArrayPool<byte>.Shared.Return(outputRow);
    }

    private static void ResizeRow(ReadOnlySpan<byte> source, Span<byte> destination, ResampleWeights horizontal)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(source);
        var output = MemoryMarshal.Cast<byte, uint>(destination);
        for (int x = 0; x < output.Length; x++)
        {
            var weights = horizontal.Of(x);
            var taken = pixels.Slice(horizontal.First(x), weights.Length);
            var sum = Vector128.Create(Half);
            for (int i = 0; i < weights.Length; i++)
                sum += Widen(taken[i]) * Vector128.Create(weights[i]);
            output[x] = Narrow(sum, sum, sum, sum).AsUInt32().ToScalar();
        }
    }

    private static void Blend(
        ReadOnlySpan<byte> rows, int window, int first, ReadOnlySpan<int> weights, Span<byte> destination)
    {
        int stride = destination.Length;
        int x = 0;
        for (; x <= stride - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            Vector128<int> a = Vector128.Create(Half), b = a, c = a, d = a;
            int slot = first % window;
            for (int i = 0; i < weights.Length; i++)
            {
                var bytes = Vector128.Create(rows.Slice(slot * stride + x, Vector128<byte>.Count));
                var weight = Vector128.Create(weights[i]);
                var (low, high) = Vector128.Widen(bytes);
                a += Vector128.WidenLower(low).AsInt32() * weight;
                b += Vector128.WidenUpper(low).AsInt32() * weight;
                c += Vector128.WidenLower(high).AsInt32() * weight;
                d += Vector128.WidenUpper(high).AsInt32() * weight;
                slot = slot + 1 == window ? 0 : slot + 1;
            }
            Narrow(a, b, c, d).CopyTo(destination[x..]);
        }
        for (; x < stride; x += 4)
        {
            var sum = Vector128.Create(Half);
            for (int i = 0; i < weights.Length; i++)
            {
                var pixel = rows.Slice((first + i) % window * stride + x, 4);
                sum += Widen(MemoryMarshal.Read<uint>(pixel)) * Vector128.Create(weights[i]);
            }
            MemoryMarshal.Write(destination[x..], Narrow(sum, sum, sum, sum).AsUInt32().ToScalar());
        }
    }

    private static Vector128<int> Widen(uint pixel) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte())).AsInt32();

    // Rounded weights may add up to a little more than one, so that the last step can reach 256.
    private static Vector128<byte> Narrow(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d) =>
        Vector128.Narrow(Vector128.Narrow(ToByteRange(a), ToByteRange(b)), Vector128.Narrow(ToByteRange(c), ToByteRange(d)));

    private static Vector128<uint> ToByteRange(Vector128<int> sum) =>
        Vector128.Min(sum >>> ResampleWeights.FractionBits, Vector128.Create(255)).AsUInt32();

    private static void DropFourth(ReadOnlySpan<byte> rgbx, Span<byte> rgb)
    {
        for (int i = 0, o = 0; i < rgbx.Length; i += 4, o += 3)
        {
            rgb[o + 2] = rgbx[i + 2];
            rgb[o + 1] = rgbx[i + 1];
            rgb[o] = rgbx[i];
        }
    }
}
