using System.Numerics;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>
/// A decoded image of 32-bit samples that can be rotated, cropped and made opaque without a copy: rotation changes the
/// start and the direction of rows, and cropping the pixels that are used.
/// </summary>
internal readonly ref struct PixelView
{
    private readonly ReadOnlySpan<uint> _samples;
    private readonly PixelEncoding _encoding;
    private readonly int _origin, _stepX, _stepY;

    /// <summary>A whole image with four bytes per pixel and no gaps between rows.</summary>
    public PixelView(ReadOnlySpan<byte> pixels, int width, int height, PixelEncoding encoding)
        : this(pixels, PixelAxis.All(width), PixelAxis.All(height), encoding)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
    }

    /// <summary>An image of samples that are averages of several pixels, row by row and four bytes each.</summary>
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

    /// <summary>The used columns, from left to right.</summary>
    public PixelAxis Columns { get; }

    /// <summary>The used rows, from top to bottom.</summary>
    public PixelAxis Rows { get; }

    /// <summary>The number of samples per row.</summary>
    public int Width => Columns.Samples;

    /// <summary>The number of rows of samples.</summary>
    public int Height => Rows.Samples;

    /// <summary>The image upright, according to its EXIF orientation.</summary>
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

    /// <summary>The largest centered square; an odd pixel is cut at the right or the bottom.</summary>
    public PixelView CropCenter()
    {
        int side = Math.Min(Columns.Count, Rows.Count);
        return new(_samples, _encoding, Columns.Center(side), Rows.Center(side), _origin, _stepX, _stepY);
    }

    /// <summary>
    /// Writes a row as red, green, blue and an undefined byte. Transparent pixels are blended with white: (color *
    /// alpha + 255 * (255 - alpha)) / 255, rounded to nearest.
    /// </summary>
    /// <param name="row">The row, from 0 (top) to <see cref="Height"/> - 1.</param>
    /// <param name="rgbx">Receives the pixels; at least 4 * <see cref="Width"/> bytes.</param>
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
        if (_encoding == PixelEncoding.BgraPremultiplied)
            SwapRedAndBlue(destination);
        if (_encoding != PixelEncoding.Rgbx)
            BlendWithWhite(rgbx[..(4 * Width)], isPremultiplied: _encoding != PixelEncoding.RgbaStraight);
    }

    private PixelView MirrorX() =>
        new(_samples, _encoding, Columns.Reverse(), Rows, _origin + (Width - 1) * _stepX, -_stepX, _stepY);

    private PixelView MirrorY() =>
        new(_samples, _encoding, Columns, Rows.Reverse(), _origin + (Height - 1) * _stepY, _stepX, -_stepY);

    private PixelView Transpose() => new(_samples, _encoding, Rows, Columns, _origin, _stepY, _stepX);

    private static void BlendWithWhite(Span<byte> row, bool isPremultiplied)
    {
        for (int i = 0; i < row.Length; i += 4)
        {
            int alpha = row[i + 3];
            if (alpha == 255)
                continue;
            for (int c = i; c < i + 3; c++)
            {
                // A premultiplied color may be above its alpha in pixels that an application has set.
                int color = isPremultiplied ? row[c] : (row[c] * alpha + 127) / 255;
                row[c] = (byte)Math.Min(255, color + 255 - alpha);
            }
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

/// <summary>The meaning of the four bytes of a decoded pixel, in memory order.</summary>
internal enum PixelEncoding
{
    /// <summary>Red, green, blue and an undefined byte.</summary>
    Rgbx,

    /// <summary>The colors are not multiplied by alpha.</summary>
    RgbaStraight,

    RgbaPremultiplied,
    BgraPremultiplied,
}
