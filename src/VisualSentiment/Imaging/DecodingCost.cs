using System.Buffers.Binary;
using static System.FormattableString;

namespace VisualSentiment.Imaging;

/// <summary>
/// The memory and time that decoding an image needs besides its encoded bytes and decoded samples, determined from its
/// structure. The constants were measured with libjpeg, libpng, libwebp and Skia.
/// </summary>
/// <param name="Kind">The format, for messages.</param>
internal readonly record struct DecodingCost(string Kind)
{
    /// <summary>libpng rejects longer sides, with the same error as for a truncated file.</summary>
    private const int MaxPngSide = 1_000_000;

    /// <summary>The bytes of the resize weights, per pixel of width and height.</summary>
    private const int WeightBytes = 40;

    private const int PngHeaderLength = 29;

    /// <summary>The bytes allocated when the image is opened.</summary>
    public long HeaderBytes { get; init; }

    /// <summary>The bytes allocated when the image is decoded.</summary>
    public long DecoderBytes { get; init; }

    /// <summary>The bytes allocated per pixel when the image is decoded.</summary>
    public int BytesPerPixel { get; init; }

    /// <summary>The number of passes of the decoder over the pixels.</summary>
    public int Scans { get; init; } = 1;

    /// <summary>Why the image cannot be decoded; null if it can.</summary>
    public string? Error { get; init; }

    /// <summary>Reads the structure of an image, or of the start of one.</summary>
    public static DecodingCost Of(ReadOnlySpan<byte> encoded, ImageLimits limits) => encoded switch
    {
        [0xFF, 0xD8, ..] => OfJpeg(JpegStructure.Read(encoded)),
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] when encoded.Length >= PngHeaderLength => OfPng(encoded),
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => WebpStructure.Read(encoded, limits),
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] =>
            new("a GIF") { HeaderBytes = GifStructure.BlockBytes(encoded) },
        [(byte)'B', (byte)'M', ..] => new("a BMP"),
        _ => new("an image"),
    };

    /// <summary>Validates the image before it is opened.</summary>
    /// <exception cref="UnreadableImageException">The image exceeds a limit.</exception>
    public void ValidateHeader(long encodedBytes, ImageLimits limits, string name)
    {
        if (Error is not null)
            throw new UnreadableImageException(name, Error);
        if (encodedBytes > limits.MaxFileBytes)
            throw FileTooLong(name, encodedBytes, limits);
        if (Scans > limits.MaxJpegScans)
            throw Refuse(name, $"it is {Kind} of {Scans:N0} scans", $"{limits.MaxJpegScans}", nameof(limits.MaxJpegScans));
        ValidateMemory(encodedBytes + HeaderBytes, $"it is {Kind}", limits, name);
    }

    /// <summary>Validates an opened image.</summary>
    /// <returns>The memory that decoding needs besides the encoded bytes, in bytes.</returns>
    /// <exception cref="UnreadableImageException">The image exceeds a limit.</exception>
    public long Validate(int width, int height, long sampleBytes, long encodedBytes, ImageLimits limits, string name)
    {
        long pixels = (long)width * height;
        if (pixels > limits.MaxPixels)
            throw Refuse(name, $"it has {width:N0} x {height:N0} pixels", $"{limits.MaxPixels:N0}", nameof(limits.MaxPixels));
        string description = Invariant($"it is {Kind} of {width:N0} x {height:N0} pixels");
        if (Scans > 1 && pixels * Scans > limits.MaxScannedPixels)
            throw Refuse(name, $"{description} in {Scans} scans, which have {pixels * Scans:N0} pixels in total",
                $"{limits.MaxScannedPixels:N0}", nameof(limits.MaxPixels), times: "5 x ");
        long bytes = HeaderBytes + DecoderBytes + BytesPerPixel * pixels + sampleBytes
            + WeightBytes * ((long)width + height);
        ValidateMemory(encodedBytes + bytes, description, limits, name);
        return bytes;
    }

    public static UnreadableImageException FileTooLong(string name, long? bytes, ImageLimits limits)
    {
        string length = bytes is null ? "more" : Invariant($"{bytes:N0}");
        return Refuse(name, $"it has {length} bytes", $"{limits.MaxFileBytes:N0}", nameof(limits.MaxFileBytes));
    }

    private static void ValidateMemory(long bytes, string description, ImageLimits limits, string name)
    {
        if (bytes > limits.MaxMemoryBytes)
            throw Refuse(name, $"{description} that needs {Megabytes(bytes):N0} MB to decode",
                $"{limits.MaxMemoryBytes >> 20:N0} MB", nameof(limits.MaxMemoryBytes));
    }

    private static UnreadableImageException Refuse(
        string name, FormattableString found, FormattableString allowed, string limit, string times = "") =>
        new(name, $"{Invariant(found)}; at most {Invariant(allowed)} are allowed ({times}{nameof(ImageLimits)}.{limit})");

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private static DecodingCost OfJpeg(JpegStructure jpeg) => new(jpeg.Kind)
    {
        HeaderBytes = jpeg.MetadataBytes,
        DecoderBytes = jpeg.HoldsCoefficients ? jpeg.CoefficientBytes : 0,
        // Arithmetic decoding takes some nanoseconds per coefficient, even if the file is short.
        Scans = jpeg.Scans * (jpeg.IsArithmetic ? 10 : 1),
    };

    private static DecodingCost OfPng(ReadOnlySpan<byte> png)
    {
        uint width = BinaryPrimitives.ReadUInt32BigEndian(png[16..]);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(png[20..]);
        bool interlaced = png[28] != 0;
        return new(interlaced ? "an interlaced PNG" : "a PNG")
        {
            // All passes are kept in memory as stored: up to four channels of 8 or 16 bits.
            BytesPerPixel = !interlaced ? 0 : png[24] == 16 ? 8 : 4,
            Error = width is > MaxPngSide and <= int.MaxValue || height is > MaxPngSide and <= int.MaxValue
                ? Invariant($"it is a PNG of {width:N0} x {height:N0} pixels; ")
                    + Invariant($"PNGs of more than {MaxPngSide:N0} pixels in a row or column cannot be decoded")
                : null,
        };
    }
}
