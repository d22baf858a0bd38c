using System.Numerics;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>
/// A decoded picture of 32-bit pixels, looked at as it is meant to be seen: turned, cropped and opaque. Turning and
/// cropping change where rows start and which way they run, so that no picture is copied for them.
/// </summary>
internal readonly ref struct PixelView
{
    private readonly ReadOnlySpan<uint> _pixels;
    private readonly PixelEncoding _encoding;
    private readonly int _origin;
    private readonly int _stepX;
    private readonly int _stepY;

    /// <summary>The whole of a picture whose rows follow each other without gaps, four bytes a pixel.</summary>
    public PixelView(ReadOnlySpan<byte> pixels, int width, int height, PixelEncoding encoding)
        : this(MemoryMarshal.Cast<byte, uint>(pixels), encoding, width, height, origin: 0, stepX: 1, stepY: width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNotEqual(_pixels.Length, (long)width * height);
    }

    private PixelView(
        ReadOnlySpan<uint> pixels, PixelEncoding encoding, int width, int height, int origin, int stepX, int stepY)
    {
        _pixels = pixels;
        _encoding = encoding;
        Width = width;
        Height = height;
        _origin = origin;
        _stepX = stepX;
        _stepY = stepY;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The picture turned upright, for a camera that wrote down how it was held (EXIF orientation).</summary>
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

    /// <summary>The largest centred square; an odd pixel too many is cut at the right or the bottom.</summary>
    public PixelView CropCenter()
    {
        int side = Math.Min(Width, Height);
        int left = (Width - side) / 2;
        int top = (Height - side) / 2;
        return new(_pixels, _encoding, side, side, _origin + left * _stepX + top * _stepY, _stepX, _stepY);
    }

    /// <summary>
    /// Writes a row as opaque red, green, blue and a fourth byte without meaning, laid on white where it is transparent:
    /// (colour * alpha + 255 * (255 - alpha)) / 255, rounded to nearest.
    /// </summary>
    /// <param name="row">From 0 (top) to <see cref="Height"/> - 1.</param>
    /// <param name="rgbx">At least 4 * <see cref="Width"/> bytes.</param>
    public void CopyRow(int row, Span<byte> rgbx)
    {
        var destination = MemoryMarshal.Cast<byte, uint>(rgbx)[..Width];
        int start = _origin + row * _stepY;
        if (_stepX == 1)
        {
            _pixels.Slice(start, Width).CopyTo(destination);
        }
        else
        {
            for (int x = 0, i = start; x < destination.Length; x++, i += _stepX)
                destination[x] = _pixels[i];
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

    private PixelView MirrorX() => new(_pixels, _encoding, Width, Height, _origin + (Width - 1) * _stepX, -_stepX, _stepY);

    private PixelView MirrorY() => new(_pixels, _encoding, Width, Height, _origin + (Height - 1) * _stepY, _stepX, -_stepY);

    private PixelView Transpose() => new(_pixels, _encoding, Height, Width, _origin, _stepY, _stepX);

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

    // Pixels made by hand may hold a colour above their alpha, which no premultiplied pixel can have.
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
