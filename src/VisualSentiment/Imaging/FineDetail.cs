using System.Runtime.Intrinsics;

namespace VisualSentiment.Imaging;

/// <summary>
/// Finds the few pictures, in <see cref="PixelFormat"/>, that are sharp down to the last pixel. In them, what libjpeg leaves out at a fraction of the
/// size would still have been seen after resizing. The measure is the mean absolute second difference of neighbours, along
/// and down; integers, so that every platform decides alike.
/// </summary>
internal static class FineDetail
{
    /// <summary>Photographs below it stay within 2/255 of full decoding; few lie above.</summary>
    public const int Most = 40;

    private const int Channels = PixelFormat.Channels, Row = PixelFormat.Width * Channels, RowStep = 4;

    /// <summary>Whether there is more of it than <see cref="Most"/>.</summary>
    public static bool IsIn(ReadOnlySpan<byte> pixels)
    {
        long sum = 0, count = 0;
        for (int y = 1; y < PixelFormat.Height - 1; y += RowStep)
            for (int x = Channels; x + Vector128<byte>.Count <= Row - Channels; x += Vector128<byte>.Count, count += Vector128<byte>.Count)
            {
                int i = y * Row + x;
                var center = Vector128.Create(pixels.Slice(i, Vector128<byte>.Count));
                var differences = SecondDifference(center, Load(pixels, i - Channels), Load(pixels, i + Channels))
                    + SecondDifference(center, Load(pixels, i - Row), Load(pixels, i + Row));
                // 8 sums of four differences, each at most 510, fit 16 bits.
                sum += Vector128.Sum(differences);
            }
        return sum > Most * count;
    }

    private static Vector128<byte> Load(ReadOnlySpan<byte> pixels, int start) => Vector128.Create(pixels.Slice(start, Vector128<byte>.Count));

    /// <summary>|2 b - a - c| of sixteen pixels, two by two added up.</summary>
    private static Vector128<ushort> SecondDifference(Vector128<byte> b, Vector128<byte> a, Vector128<byte> c)
    {
        static Vector128<ushort> Absolute(Vector128<ushort> b, Vector128<ushort> a, Vector128<ushort> c) =>
            Vector128.Abs((b + b - a - c).AsInt16()).AsUInt16();
        return Absolute(Vector128.WidenLower(b), Vector128.WidenLower(a), Vector128.WidenLower(c))
            + Absolute(Vector128.WidenUpper(b), Vector128.WidenUpper(a), Vector128.WidenUpper(c));
    }
}
