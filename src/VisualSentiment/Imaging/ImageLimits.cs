using VisualSentiment.Common;

namespace VisualSentiment;

/// <summary>
/// The limits of image decoding. An image that exceeds one of them is rejected with an <see
/// cref="UnreadableImageException"/> before memory is allocated for its pixels.
/// </summary>
/// <remarks>
/// The limits apply to each image. If several are decoded concurrently, those that need more than 4 MB wait for each
/// other, so that together they need at most a quarter of the memory available to the process, or <see
/// cref="MaxMemoryBytes"/> if that is more.
/// </remarks>
public sealed record ImageLimits
{
    private const long MaxLength = int.MaxValue;

    // The decoder itself fails above this.
    private const int DecoderMaxScans = 99;

    private static volatile ImageLimits _default = new();

    /// <summary>Gets or sets the limits of the process. They apply to images that are opened later.</summary>
    /// <exception cref="ArgumentException">One or more limits are out of range; the message lists them.</exception>
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
    /// Gets the maximum memory for decoding one image, including its encoded bytes, in bytes; from 1 MiB to 2 GiB - 1.
    /// </summary>
    /// <value>
    /// Default: 256 MiB. A baseline JPEG is decoded at a fraction of its size and needs a few MB besides its file; a
    /// progressive JPEG needs 3 to 8 bytes per pixel, and a PNG, WebP, GIF or BMP 4 to 12.
    /// </value>
    public long MaxMemoryBytes { get; init; } = 256 << 20;

    /// <summary>Gets the maximum number of encoded bytes of one image; from 1 to 2 GiB - 1.</summary>
    /// <value>Default: 128 MiB.</value>
    public long MaxFileBytes { get; init; } = 128 << 20;

    /// <summary>
    /// Gets the maximum number of pixels of one image; from 1 to 536,870,911. All scans of a JPEG together may have
    /// five times as many.
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

    /// <exception cref="ArgumentException">One or more limits are out of range; the message lists them.</exception>
    internal void Validate(string? parameter) => OptionErrors.ThrowIfAny(
    [
        OptionErrors.Range(nameof(MaxMemoryBytes), MaxMemoryBytes, 1 << 20, MaxLength),
        OptionErrors.Range(nameof(MaxFileBytes), MaxFileBytes, 1, MaxLength),
        OptionErrors.Range(nameof(MaxPixels), MaxPixels, 1, MaxLength / 4),
        OptionErrors.Range(nameof(MaxJpegScans), MaxJpegScans, 1, DecoderMaxScans),
    ], parameter);
}
