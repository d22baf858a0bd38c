namespace VisualSentiment.Imaging;

/// <summary>A decoded image in the memory of the caller.</summary>
internal readonly ref struct RawImage
{
    private const int SampleBytes = 4;

    private static readonly int MaxPixels = Array.MaxLength / SampleBytes;

    private readonly ReadOnlySpan<byte> _pixels;
    private readonly int _width, _height, _stride;
    private readonly RawPixelFormat _format;

    /// <exception cref="ArgumentException">The arguments do not fit together.</exception>
    public RawImage(ReadOnlySpan<byte> pixels, int width, int height, RawPixelFormat format, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (!Enum.IsDefined(format))
            throw new ArgumentOutOfRangeException(nameof(format), format, "The value is not a RawPixelFormat.");
        if ((long)width * height > MaxPixels)
            throw new ArgumentException(FormattableString.Invariant(
                $"The image has {width:N0} x {height:N0} pixels; at most {MaxPixels:N0} are allowed."), nameof(width));
        long row = (long)width * PixelBytes(format);
        if (stride != 0 && stride < row)
            throw new ArgumentOutOfRangeException(nameof(stride), stride, FormattableString.Invariant(
                $"A row of {width} {format} pixels has {row} bytes; pass at least this stride, or 0."));
        long step = stride == 0 ? row : stride;
        long least = step * (height - 1) + row;
        if (pixels.Length < least || pixels.Length > step * height)
            throw new ArgumentException(FormattableString.Invariant($"There are {pixels.Length} bytes of pixels; ")
                + FormattableString.Invariant($"{width} x {height} {format} pixels with a stride of {step} have {least}")
                + (least == step * height ? "." : FormattableString.Invariant($" to {step * height}.")),
                nameof(pixels));
        _pixels = pixels;
        _width = width;
        _height = height;
        _format = format;
        _stride = (int)Math.Min(step, int.MaxValue);
    }

    /// <summary>Converts the image to 32-bit samples without gaps between rows.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for the samples.</exception>
    public ImageBuffer ToSamples()
    {
        var samples = new ImageBuffer(SampleBytes * _width * _height);
        int rowBytes = _width * PixelBytes(_format);
        for (int y = 0; y < _height; y++)
        {
            Span<byte> row = samples.Span.Slice(SampleBytes * _width * y, SampleBytes * _width);
            Convert(_pixels.Slice(y * _stride, rowBytes), row);
        }
        return samples;
    }

    /// <summary>Gets a view of samples that <see cref="ToSamples"/> created.</summary>
    public PixelView View(ReadOnlySpan<byte> samples) => new(samples, _width, _height,
        PixelBytes(_format) == SampleBytes ? PixelEncoding.RgbaStraight : PixelEncoding.Rgbx);

    private static int PixelBytes(RawPixelFormat format) => format is RawPixelFormat.Rgb or RawPixelFormat.Bgr ? 3 : 4;

    private void Convert(ReadOnlySpan<byte> row, Span<byte> samples)
    {
        if (_format == RawPixelFormat.Rgba)
        {
            row.CopyTo(samples);
            return;
        }
        int step = PixelBytes(_format), red = _format == RawPixelFormat.Rgb ? 0 : 2;
        for (int i = 0, o = 0; o < samples.Length; i += step, o += SampleBytes)
        {
            samples[o] = row[i + red];
            samples[o + 1] = row[i + 1];
            samples[o + 2] = row[i + 2 - red];
            samples[o + 3] = step == SampleBytes ? row[i + 3] : byte.MaxValue;
        }
    }
}
