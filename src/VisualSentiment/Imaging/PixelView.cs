using System.Numerics;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>
/// A decoded image of 32-bit samples, looked at as it is meant to be seen: turned, cropped and opaque. Turning changes
/// where rows start and which way they run, and cropping which pixels are taken, so that no image is copied for them.
/// </summary>
internal readonly ref struct PixelView
{
    private readonly ReadOnlySpan<uint> _samples;
    private readonly PixelEncoding _encoding;
    private readonly int _origin;
    private readonly int _stepX;
    private readonly int _stepY;

    /// <summary>The whole of an image whose rows follow each other without gaps, four bytes a pixel.</summary>
    public PixelView(ReadOnlySpan<byte> pixels, int width, int height, PixelEncoding encoding)
        : this(pixels, PixelAxis.All(width), PixelAxis.All(height), encoding)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
    }

    /// <summary>An image whose samples, row by row and four bytes each, are averages of several pixels.</summary>
    public PixelView(ReadOnlySpan<byte> samples, PixelAxis columns, PixelAxis rows, PixelEncoding encoding)
        : this(MemoryMarshal.Cast<byte, uint>(samples), encoding, columns, rows, origin: 0, stepX: 1, stepY: columns.Samples)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(_samples.Length, (long)Width * Height);
    }

    private PixelView(
        ReadOnlySpan<uint> samples, PixelEncoding encoding, PixelAxis columns, PixelAxis rows, int origin, int stepX, int stepY)
    {
        _samples = samples;
        _encoding = encoding;
        Columns = columns;
        Rows = rows;
        _origin = origin;
        _stepX = stepX;
        _stepY = stepY;
    }

    /// <summary>What is taken from left to right.</summary>
    public PixelAxis Columns { get; }

    /// <summary>What is taken from top to bottom.</summary>
    public PixelAxis Rows { get; }

    /// <summary>Samples in a row.</summary>
    public int Width => Columns.Samples;

    /// <summary>How many rows of samples there are.</summary>
    public int Height => Rows.Samples;

    /// <summary>The image turned upright, for a camera that wrote down how it was held (EXIF orientation).</summary>
    public PixelView Turn(SKEncodedOrigin orientation) => orientation switch
    {
        SKEncodedOrigin.TopRight => MirrorX(),
        SKEncodedOrigin.BottomRight => MirrorX().MirrorY(),
        SKEncodedOrigin.BottomLeft => MirrorY(),
        SKEncodedOrigin.LeftTop => Transpose(),
        SKEncodedOrigin.RightTop => MirrorY().Transpose(),
        SKEncodedOrigin.RightBottom => MirrorX().MirrorY().Transpose(),
        SKEncodedOrigin.LeftBottom => MirrorX().Transpose(),
        _ => this,
    };

    /// <summary>The largest centerd square; an odd pixel too many is cut at the right or the bottom.</summary>
    public PixelView CropCenter()
    {
        int side = Math.Min(Columns.Count, Rows.Count);
        return new(_samples, _encoding, Columns.Center(side), Rows.Center(side), _origin, _stepX, _stepY);
    }

    /// <summary>
    /// Writes a row as opaque red, green, blue and a fourth byte without meaning, laid on white where it is transparent:
    /// (color * alpha + 255 * (255 - alpha)) / 255, rounded to nearest.
    /// </summary>
    /// <param name="row">From 0 (top) to <see cref="Height"/> - 1.</param>
    /// <param name="rgbx">At least 4 * <see cref="Width"/> bytes.</param>
    public void CopyRow(int row, Span<byte> rgbx)
    {
        var destination = MemoryMarshal.Cast<byte, uint>(rgbx)[..Width];
        int start = _origin + row * _stepY;
        if (_stepX == 1)
        {
            _samples.Slice(start, Width).CopyTo(destination);
        }
        else
        {
            for (int x = 0, i = start; x < destination.Length; x++, i += _stepX)
                destination[x] = _samples[i];
        }
        switch (_encoding)
        {
            case PixelEncoding.RgbaStraight:
                LayStraightOnWhite(rgbx[..(4 * Width)]);
                break;
            case PixelEncoding.RgbaPremultiplied:
                LayPremultipliedOnWhite(rgbx[..(4 * Width)]);
                break;
            case PixelEncoding.BgraPremultiplied:
                SwapRedAndBlue(destination);
                LayPremultipliedOnWhite(rgbx[..(4 * Width)]);
                break;
        }
    }

    private PixelView MirrorX() =>
        new(_samples, _encoding, Columns.Reverse(), Rows, _origin + (Width - 1) * _stepX, -_stepX, _stepY);

    private PixelView MirrorY() =>
        new(_samples, _encoding, Columns, Rows.Reverse(), _origin + (Height - 1) * _stepY, _stepX, -_stepY);

    private PixelView Transpose() => new(_samples, _encoding, Rows, Columns, _origin, _stepY, _stepX);

    private static void LayStraightOnWhite(Span<byte> row)
    {
        for (int i = 0; i < row.Length; i += 4)
        {
            int alpha = row[i + 3];
            if (alpha == 255)
                continue;
            for (int c = i; c < i + 3; c++)
                row[c] = (byte)((row[c] * alpha + 127) / 255 + 255 - alpha);
        }
    }

    // Pixels made by hand may hold a color above their alpha, which no premultiplied pixel can have.
    private static void LayPremultipliedOnWhite(Span<byte> row)
    {
        for (int i = 0; i < row.Length; i += 4)
        {
            int alpha = row[i + 3];
            if (alpha == 255)
                continue;
            for (int c = i; c < i + 3; c++)
                row[c] = (byte)Math.Min(255, row[c] + 255 - alpha);
        }
    }

    private static void SwapRedAndBlue(Span<uint> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            uint rotated = BitOperations.RotateLeft(row[i], 16);
            row[i] = BitConverter.IsLittleEndian
                ? (row[i] & 0xFF00FF00) | (rotated & 0x00FF00FF)
                : (row[i] & 0x00FF00FF) | (rotated & 0xFF00FF00);
        }
    }
}

/// <summary>What the four bytes of a decoded pixel are, in memory order.</summary>
internal enum PixelEncoding
{
    /// <summary>Red, green, blue and a byte without meaning.</summary>
    Rgbx,

    /// <summary>Red, green, blue and alpha; the colors are not scaled by alpha.</summary>
    RgbaStraight,

    /// <summary>Red, green, blue and alpha; the colors are scaled by alpha.</summary>
    RgbaPremultiplied,

    /// <summary>Blue, green, red and alpha; the colors are scaled by alpha.</summary>
    BgraPremultiplied,
}
