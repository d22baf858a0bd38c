using System.Numerics;

namespace VisualSentiment.Imaging.Augmentation;

/// <summary>
/// Renders a view of an image in <see cref="PixelFormat"/>: crops, resizes bilinearly, mirrors and changes colors in
/// integers, so that the bytes are the same on every platform.
/// </summary>
internal static class ViewRenderer
{
    private const int Size = PixelFormat.Width, Channels = PixelFormat.Channels, RowBytes = Size * Channels;
    private const int FractionBits = 11, One = 1 << FractionBits;
    private const int Lane = 21;
    private const ulong Halves = (One / 2) | ((ulong)(One / 2) << Lane) | ((ulong)(One / 2) << (2 * Lane));

    /// <summary>Renders a view into another buffer than the image's.</summary>
    public static void Render(ReadOnlySpan<byte> image, ViewGeometry view, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Length, PixelFormat.ByteCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, PixelFormat.ByteCount);
        Span<Place> columns = stackalloc Place[Size];
        for (int x = 0; x < Size; x++)
            columns[view.Mirrored ? Size - 1 - x : x] = Find(x, view.Left, view.Width);
        var shade = new Shade(view);
        Span<byte> blended = stackalloc byte[RowBytes];
        Span<ulong> spread = stackalloc ulong[Size];
        Span<int> red = stackalloc int[Size], green = stackalloc int[Size], blue = stackalloc int[Size];
        for (int y = 0; y < Size; y++)
        {
            Place row = Find(y, view.Top, view.Height);
            Blend(image.Slice(row.First * RowBytes, RowBytes), image.Slice(row.Second * RowBytes, RowBytes), row.Fraction, blended);
            Spread(blended.Slice(view.Left * Channels, view.Width * Channels), spread[view.Left..]);
            for (int x = 0; x < Size; x++)
            {
                Place column = columns[x];
                ulong sum = spread[column.First] * (uint)(One - column.Fraction) + spread[column.Second] * (uint)column.Fraction + Halves;
                (red[x], green[x], blue[x]) = ((byte)(sum >> FractionBits), (byte)(sum >> (FractionBits + Lane)), (byte)(sum >> (FractionBits + 2 * Lane)));
            }
            shade.Apply(red, green, blue);
            Span<byte> target = pixels.Slice(y * RowBytes, RowBytes);
            for (int x = 0; x < Size; x++)
                (target[Channels * x], target[Channels * x + 1], target[Channels * x + 2]) = ((byte)red[x], (byte)green[x], (byte)blue[x]);
        }
    }

    /// <summary>Blends two images: share * image + (1 - share) * other, rounded.</summary>
    public static void Blend(Span<byte> image, ReadOnlySpan<byte> other, double share)
    {
        int weight = (int)Math.Round(share * One);
        for (int i = 0; i < image.Length; i++)
            image[i] = (byte)((image[i] * weight + other[i] * (One - weight) + One / 2) >> FractionBits);
    }

    /// <summary>The two rows or columns to interpolate between, and the position between them in 1/<see cref="One"/>.</summary>
    private readonly record struct Place(int First, int Second, int Fraction);

    // Pixel centers lie at +0.5; beyond the outer centers, the edge is repeated.
    private static Place Find(int position, int from, int length)
    {
        long place = ((2L * position + 1) * length * One / Size - One) / 2;
        place = Math.Clamp(place, 0, (length - 1L) * One);
        int first = from + (int)(place >> FractionBits), fraction = (int)(place & (One - 1));
        return new Place(first, fraction == 0 ? first : first + 1, fraction);
    }

    private static void Blend(ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, int fraction, Span<byte> blended)
    {
        if (fraction == 0)
        {
            above.CopyTo(blended);
            return;
        }
        int done = 0;
        for (; done <= RowBytes - Vector<byte>.Count; done += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(above[done..]), out Vector<ushort> aboveLow, out Vector<ushort> aboveHigh);
            Vector.Widen(new Vector<byte>(below[done..]), out Vector<ushort> belowLow, out Vector<ushort> belowHigh);
            Vector.Narrow(Between(aboveLow, belowLow), Between(aboveHigh, belowHigh)).CopyTo(blended[done..]);
        }
        for (; done < RowBytes; done++)
            blended[done] = (byte)((above[done] * (One - fraction) + below[done] * fraction + One / 2) >> FractionBits);

        Vector<ushort> Between(Vector<ushort> a, Vector<ushort> b)
        {
            Vector.Widen(a, out Vector<uint> aLow, out Vector<uint> aHigh);
            Vector.Widen(b, out Vector<uint> bLow, out Vector<uint> bHigh);
            var (first, second, half) = (new Vector<uint>((uint)(One - fraction)), new Vector<uint>((uint)fraction), new Vector<uint>(One / 2));
            return Vector.Narrow((aLow * first + bLow * second + half) >> FractionBits, (aHigh * first + bHigh * second + half) >> FractionBits);
        }
    }

    // Packs the three colors of a pixel into one number, each with room for its product with a fraction.
    private static void Spread(ReadOnlySpan<byte> row, Span<ulong> spread)
    {
        for (int x = 0, i = 0; i < row.Length; x++, i += Channels)
            spread[x] = row[i] | ((ulong)row[i + 1] << Lane) | ((ulong)row[i + 2] << (2 * Lane));
    }

    /// <summary>Changes colors. Saturation scales the distance from the pixel's gray, contrast that from middle gray.</summary>
    private readonly ref struct Shade(ViewGeometry view)
    {
        private readonly int _saturation = (int)Math.Round(view.Saturation * One), _gain = (int)Math.Round(view.Brightness * view.Contrast * One);
        private readonly int _offset = (int)Math.Round(128 * (1 - view.Contrast) * One) + One / 2;
        private readonly bool _none = view is { Brightness: 1, Contrast: 1, Saturation: 1 };

        public void Apply(Span<int> red, Span<int> green, Span<int> blue)
        {
            if (_none)
                return;
            // Every vector's length divides that of a row.
            for (int x = 0; x < Size; x += Vector<int>.Count)
            {
                Vector<int> r = new(red[x..]), g = new(green[x..]), b = new(blue[x..]);
                Vector<int> gray = (r * 77 + g * 150 + b * 29 + new Vector<int>(128)) >> 8;
                Of(r, gray).CopyTo(red[x..]);
                Of(g, gray).CopyTo(green[x..]);
                Of(b, gray).CopyTo(blue[x..]);
            }
        }

        private Vector<int> Of(Vector<int> value, Vector<int> gray)
        {
            Vector<int> colored = gray + (((value - gray) * _saturation + new Vector<int>(One / 2)) >> FractionBits);
            return Vector.Clamp((colored * _gain + new Vector<int>(_offset)) >> FractionBits, Vector<int>.Zero, new Vector<int>(255));
        }
    }
}
