namespace VisualSentiment;

/// <summary>
/// The limits within which images are decoded. An image beyond one of them is refused with an
/// <see cref="UnreadableImageException"/> before memory is allocated for its pixels.
/// </summary>
/// <remarks>
/// Every image that is decoded counts by itself. Where several are decoded at once, those that need more than 4 MB wait
/// for each other, so that together they need at most a quarter of the memory that the process may use, or
/// <see cref="MaxMemoryBytes"/> where that is more.
/// </remarks>
public sealed record ImageLimits
{
    private const long MaxLength = int.MaxValue;

    /// <summary>Scans over which the decoder itself gives up.</summary>
    private const int DecoderMaxScans = 99;

    private static volatile ImageLimits _default = new();

    /// <summary>Gets or sets the limits of the process. They hold for images that are opened from then on.</summary>
    /// <exception cref="ArgumentException">Limits are out of range; the message lists all of them.</exception>
    public static ImageLimits Default
    {
        get => _default;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate(nameof(value));
            _default = value;
        }
    }

    /// <summary>
    /// Gets the maximum memory that one image may need while it is decoded, its encoded bytes included, in bytes; from
    /// 1 MiB to 2 GiB - 1.
    /// </summary>
    /// <value>
    /// Default: 256 MiB. A baseline JPEG is decoded at a fraction of its size and needs a few MB beside its file; a
    /// progressive one needs 3 to 8 bytes a pixel, and a PNG, WebP, GIF or BMP 4 to 12.
    /// </value>
    public long MaxMemoryBytes { get; init; } = 256 << 20;

    /// <summary>Gets the maximum number of encoded bytes of one image; from 1 to 2 GiB - 1.</summary>
    /// <value>Default: 128 MiB.</value>
    public long MaxFileBytes { get; init; } = 128 << 20;

    /// <summary>
    /// Gets the maximum number of pixels of one image; from 1 to 536,870,911. The scans of a JPEG may have five times
    /// as many in total.
    /// </summary>
    /// <value>Default: 200,000,000.</value>
    public long MaxPixels { get; init; } = 200_000_000;

    /// <summary>
    /// Gets the maximum number of scans of a JPEG; from 1 to 99. Encoders write about 10 in a progressive JPEG.
    /// </summary>
    /// <value>Default: 64.</value>
    public int MaxJpegScans { get; init; } = 64;

    /// <summary>The maximum number of pixels of all scans of a JPEG together.</summary>
    internal long MaxScannedPixels => 5 * MaxPixels;

    /// <exception cref="ArgumentException">Limits are out of range; the message lists all of them.</exception>
    internal void Validate(string parameter)
    {
        List<string> errors = [];
        void Check(string name, long value, long min, long max)
        {
            if (value < min || value > max)
                errors.Add(FormattableString.Invariant($"{name} is {value}; it must be from {min} to {max}"));
        }
        Check(nameof(MaxMemoryBytes), MaxMemoryBytes, 1 << 20, MaxLength);
        Check(nameof(MaxFileBytes), MaxFileBytes, 1, MaxLength);
        Check(nameof(MaxPixels), MaxPixels, 1, MaxLength / 4);
        Check(nameof(MaxJpegScans), MaxJpegScans, 1, DecoderMaxScans);
        if (errors.Count > 0)
            throw new ArgumentException(string.Join("; ", errors), parameter);
    }
}
