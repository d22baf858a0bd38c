using System.Buffers;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VisualSentiment.Imaging;

/// <summary>
/// Resizes with an anti-aliased triangle filter in integers: rows first, rounded to bytes, then columns. The bytes are
/// the same on every platform and equal to Pillow's <c>Image.resize(BILINEAR)</c>. Skia's scalers alias on long thin
/// images and differ between versions.
/// </summary>
internal static class TriangleResampler
{
    private const int Half = 1 << (ResampleWeights.FractionBits - 1);

    /// <summary>Resizes an image to fill the destination.</summary>
    /// <param name="source">The image, at least one pixel.</param>
    /// <param name="rgb">Receives 3 * width * height bytes, height-width-channel.</param>
    /// <param name="width">The width of the result in pixels.</param>
    /// <param name="height">The height of the result in pixels.</param>
    public static unsafe void Resize(PixelView source, Span<byte> rgb, int width, int height)
    {
        using var horizontal = ResampleWeights.Get(source.Columns, width);
        using var vertical = ResampleWeights.Get(source.Rows, height);

        // Only the rows under one output row's triangle are kept, which saves a second copy of a huge image. Rows are
        // padded to whole vectors, and a source row to the zero weights past its end.
        int window = Math.Min(vertical.MaxCount, source.Height);
        int stride = (4 * width + Vector256<byte>.Count - 1) / Vector256<byte>.Count * Vector256<byte>.Count;
        using var sourceRow = new ImageBuffer(4 * (source.Width + horizontal.Stride));
        using var narrowRows = new ImageBuffer(checked(window * stride));
        byte[] outputRow = ArrayPool<byte>.Shared.Rent(stride);

        fixed (byte* wide = sourceRow.Span, narrow = narrowRows.Span, output = outputRow)
        fixed (int* weights = horizontal.Repeated, firsts = horizontal.Firsts)
        {
            int next = 0;
            for (int y = 0; y < height; y++)
            {
                int first = vertical.First(y);
                var under = vertical.Of(y);
                for (next = Math.Max(next, first); next < first + under.Length; next++)
                {
                    source.CopyRow(next, sourceRow.Span);
                    ResizeRow(wide, (uint*)(narrow + next % window * stride), width, firsts, weights, horizontal.Stride);
                }
                Blend(narrow, stride, window, first, under, output);
                DropFourth(outputRow.AsSpan(0, 4 * width), rgb.Slice(3 * width * y, 3 * width));
            }
        }

        ArrayPool<byte>.Shared.Return(outputRow);
    }

    private static unsafe void ResizeRow(byte* source, uint* destination, int width, int* firsts, int* weights, int count)
    {
        int length = ResampleWeights.Repeats * count, x = 0;
        // Rounding and packing cost as much as the sum of a pixel, so two pixels share them.
        for (; x + 2 <= width; x += 2, weights += 2 * length)
        {
            var left = Sum(source + 4 * firsts[x], weights, length);
            var right = Sum(source + 4 * firsts[x + 1], weights + length, length);
            var both = Vector256.Create(left.GetLower(), right.GetLower()) + Vector256.Create(left.GetUpper(), right.GetUpper());
            *(ulong*)(destination + x) = Round(both).AsUInt64().ToScalar();
        }
        if (x < width)
        {
            var last = Sum(source + 4 * firsts[x], weights, length);
            destination[x] = Round(Vector256.Create(last.GetLower() + last.GetUpper(), default)).AsUInt32().ToScalar();
        }
    }

    /// <summary>The weighted sum of pixels, of the even and the odd ones in one half each.</summary>
    private static unsafe Vector256<int> Sum(byte* pixels, int* weights, int length)
    {
        var sum = Vector256<int>.Zero;
        for (int* end = weights + length; weights < end; weights += Vector256<int>.Count, pixels += Vector256<int>.Count)
            sum += Widen(pixels) * Vector256.Load(weights);
        return sum;
    }

    private static Vector128<byte> Round(Vector256<int> sums)
    {
        var rounded = sums + Vector256.Create(Half) >> ResampleWeights.FractionBits;
        var words = Vector128.NarrowWithSaturation(rounded.GetLower(), rounded.GetUpper());
        return Vector128.NarrowWithSaturation(Positive(words), Positive(words));
    }

    private static unsafe void Blend(byte* rows, int stride, int window, int first, ReadOnlySpan<int> weights, byte* destination)
    {
        for (int x = 0; x < stride; x += Vector256<byte>.Count)
        {
            Vector256<int> a = Vector256.Create(Half), b = a, c = a, d = a;
            int slot = first % window;
            foreach (int value in weights)
            {
                byte* pixels = rows + slot * stride + x;
                var weight = Vector256.Create(value);
                a += Widen(pixels) * weight;
                b += Widen(pixels + 8) * weight;
                c += Widen(pixels + 16) * weight;
                d += Widen(pixels + 24) * weight;
                slot = slot + 1 == window ? 0 : slot + 1;
            }
            var low = Vector256.NarrowWithSaturation(a >> ResampleWeights.FractionBits, b >> ResampleWeights.FractionBits);
            var high = Vector256.NarrowWithSaturation(c >> ResampleWeights.FractionBits, d >> ResampleWeights.FractionBits);
            Vector256.NarrowWithSaturation(Positive(low), Positive(high)).Store(destination + x);
        }
    }

    private static unsafe Vector256<int> Widen(byte* eight) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(eight)
        : Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalar(*(ulong*)eight).AsByte().ToVector256())).AsInt32();

    private static Vector128<ushort> Positive(Vector128<short> values) => Vector128.Max(values, Vector128<short>.Zero).AsUInt16();

    private static Vector256<ushort> Positive(Vector256<short> values) => Vector256.Max(values, Vector256<short>.Zero).AsUInt16();

    private static void DropFourth(ReadOnlySpan<byte> rgbx, Span<byte> rgb)
    {
        int i = 0, o = 0;
        // A vector of four pixels is written with four bytes too many, which the next one overwrites.
        for (; o + Vector128<byte>.Count <= rgb.Length; i += 16, o += 12)
        {
            var dense = Vector128.Shuffle(Vector128.Create(rgbx.Slice(i, 16)),
                Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255));
            dense.CopyTo(rgb[o..]);
        }
        for (; o < rgb.Length; i += 4, o += 3)
            rgbx.Slice(i, 3).CopyTo(rgb[o..]);
    }
}
