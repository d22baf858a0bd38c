namespace VisualSentiment.Imaging.Augmentation;

/// <summary>
/// Renders a view of a picture in <see cref="PixelFormat"/>: crops, enlarges with bilinear interpolation, mirrors and colours,
/// all in integers, so that the bytes are the same on every platform.
/// </summary>
internal static class ViewRenderer
{
    private const int Size = PixelFormat.Width, Channels = PixelFormat.Channels, RowBytes = Size * Channels;
    private const int FractionBits = 11, One = 1 << FractionBits;

    /// <summary>Writes the view.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="view">What is shown of it.</param>
    /// <param name="pixels">Receives the view; another buffer than the picture's.</param>
    public static void Render(ReadOnlySpan<byte> picture, ViewGeometry view, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(picture.Length, PixelFormat.ByteCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, PixelFormat.ByteCount);
        if (view is { Width: Size, Height: Size, Mirrored: false })
            picture.CopyTo(pixels);
        else
            Resize(picture, view, pixels);
        if (view.Brightness != 1 || view.Contrast != 1 || view.Saturation != 1)
            Color(pixels, view);
    }

    /// <summary>Lays one picture over another: share * picture + (1 - share) * other, rounded.</summary>
    public static void Blend(Span<byte> picture, ReadOnlySpan<byte> other, double share)
    {
        int weight = (int)Math.Round(share * One);
        for (int i = 0; i < picture.Length; i++)
            picture[i] = (byte)((picture[i] * weight + other[i] * (One - weight) + One / 2) >> FractionBits);
    }

    private static void Resize(ReadOnlySpan<byte> picture, ViewGeometry view, Span<byte> pixels)
    {
        Span<int> columns = stackalloc int[2 * Size];
        for (int x = 0; x < Size; x++)
        {
            var (first, fraction) = Sample(x, view.Width);
            int target = view.Mirrored ? Size - 1 - x : x;
            columns[2 * target] = (view.Left + first) * Channels;
            columns[2 * target + 1] = fraction;
        }
        Span<byte> blended = stackalloc byte[RowBytes];
        for (int y = 0; y < Size; y++)
        {
            var (first, fraction) = Sample(y, view.Height);
            ReadOnlySpan<byte> above = picture.Slice((view.Top + first) * RowBytes, RowBytes);
            ReadOnlySpan<byte> below = fraction == 0 ? above : picture.Slice((view.Top + first + 1) * RowBytes, RowBytes);
            for (int i = 0; i < RowBytes; i++)
                blended[i] = Between(above[i], below[i], fraction);

            Span<byte> row = pixels.Slice(y * RowBytes, RowBytes);
            for (int x = 0; x < Size; x++)
            {
                int left = columns[2 * x], weight = columns[2 * x + 1], right = weight == 0 ? left : left + Channels;
                row[Channels * x] = Between(blended[left], blended[right], weight);
                row[Channels * x + 1] = Between(blended[left + 1], blended[right + 1], weight);
                row[Channels * x + 2] = Between(blended[left + 2], blended[right + 2], weight);
            }
        }
    }

    // Pixel centres lie at +0.5; beyond the first and the last centre, the edge's value holds.
    private static (int First, int Fraction) Sample(int position, int length)
    {
        long place = ((2L * position + 1) * length * One / Size - One) / 2;
        place = Math.Clamp(place, 0, (length - 1L) * One);
        return ((int)(place >> FractionBits), (int)(place & (One - 1)));
    }

    private static byte Between(int a, int b, int fraction) => (byte)((a * (One - fraction) + b * fraction + One / 2) >> FractionBits);

    // Saturation is the distance from the pixel's grey, contrast the distance from middle grey.
    private static void Color(Span<byte> pixels, ViewGeometry view)
    {
        int saturation = (int)Math.Round(view.Saturation * One), gain = (int)Math.Round(view.Brightness * view.Contrast * One);
        int offset = (int)Math.Round(128 * (1 - view.Contrast) * One) + One / 2;
        for (int i = 0; i < pixels.Length; i += Channels)
        {
            int r = pixels[i], g = pixels[i + 1], b = pixels[i + 2];
            int grey = (77 * r + 150 * g + 29 * b + 128) >> 8;
            pixels[i] = Shade(r);
            pixels[i + 1] = Shade(g);
            pixels[i + 2] = Shade(b);

            byte Shade(int value)
            {
                int colored = grey + (((value - grey) * saturation + One / 2) >> FractionBits);
                return (byte)Math.Clamp((colored * gain + offset) >> FractionBits, 0, 255);
            }
        }
    }
}
