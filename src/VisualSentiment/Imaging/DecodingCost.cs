using System.Buffers.Binary;
using static System.FormattableString;

namespace VisualSentiment.Imaging;

/// <summary>
/// What decoding an image costs beside its encoded bytes and its decoded samples, found by reading its structure. The
/// figures are those of libjpeg, libpng, libwebp and Skia, measured.
/// </summary>
/// <param name="Kind">What the image is, for messages.</param>
internal readonly record struct DecodingCost(string Kind)
{
    /// <summary>libpng refuses longer sides, and does so as if the file were cut short.</summary>
    private const int MaxPngSide = 1_000_000;

    /// <summary>Weights of the resize filter, for a pixel of width and height.</summary>
    private const int WeightBytes = 40;

    private const int PngHeaderLength = 29;

    /// <summary>Bytes that are allocated when the image is opened.</summary>
    public long HeaderBytes { get; init; }

    /// <summary>Bytes that are allocated when it is decoded.</summary>
    public long DecoderBytes { get; init; }

    /// <summary>Bytes that are allocated for each pixel when it is decoded.</summary>
    public int BytesPerPixel { get; init; }

    /// <summary>How often the decoder goes over the pixels.</summary>
    public int Scans { get; init; } = 1;

    /// <summary>Why it cannot be decoded at all; null where it can.</summary>
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

    /// <summary>Validates what is known before the image is opened.</summary>
    /// <exception cref="UnreadableImageException">It is beyond a limit.</exception>
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

    /// <summary>Validates the whole image.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="sampleBytes">The bytes of what is decoded of them.</param>
    /// <param name="encodedBytes">The bytes of the file.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="name">What the image is called in messages.</param>
    /// <returns>The memory that decoding needs beside the encoded bytes, in bytes.</returns>
    /// <exception cref="UnreadableImageException">It is beyond a limit.</exception>
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
        // Arithmetic decoding takes a few nanoseconds for each decision, whatever the length of the file.
        Scans = jpeg.Scans * (jpeg.IsArithmetic ? 10 : 1),
    };

    private static DecodingCost OfPng(ReadOnlySpan<byte> png)
    {
        uint width = BinaryPrimitives.ReadUInt32BigEndian(png[16..]);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(png[20..]);
        bool interlaced = png[28] != 0;
        return new(interlaced ? "an interlaced PNG" : "a PNG")
        {
            // All passes are in memory as they are stored: up to four channels of 8 or 16 bits.
            BytesPerPixel = !interlaced ? 0 : png[24] == 16 ? 8 : 4,
            Error = width is > MaxPngSide and <= int.MaxValue || height is > MaxPngSide and <= int.MaxValue
                ? Invariant($"it is a PNG of {width:N0} x {height:N0} pixels; ")
                    + Invariant($"PNGs of more than {MaxPngSide:N0} pixels in a row or column cannot be decoded")
                : null,
        };
    }
}
