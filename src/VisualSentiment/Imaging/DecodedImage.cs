using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>
/// A decoded image; a JPEG at a fraction of its size if that is enough. Embedded color profiles are not applied,
/// because the networks were trained without them and neither <c>MLImage</c> nor raw frames have one. Of an animation,
/// it is the first frame. Skia reads the EXIF orientation of JPEGs only.
/// </summary>
internal sealed class DecodedImage : IDisposable
{
    /// <summary>The number of bytes that a header check reads.</summary>
    private const int HeaderLength = 256 * 1024;

    private readonly ImageBuffer _pixels;
    private readonly SampleLayout _layout;
    private readonly SKEncodedOrigin _orientation;
    private readonly long _reserved;

    private DecodedImage(ImageBuffer pixels, SampleLayout layout, SKEncodedOrigin orientation, long reserved)
    {
        _pixels = pixels;
        _layout = layout;
        _orientation = orientation;
        _reserved = reserved;
    }

    /// <summary>The image, rotated by its EXIF orientation.</summary>
    public PixelView View => new PixelView(_pixels.Span[.._layout.Info.BytesSize], _layout.Columns, _layout.Rows,
        _layout.Info.IsOpaque ? PixelEncoding.Rgbx : PixelEncoding.RgbaStraight).Turn(_orientation);

    /// <summary>Decodes a JPEG, PNG, WebP, GIF or BMP.</summary>
    /// <param name="encoded">The bytes of the file.</param>
    /// <param name="name">The name of the image in messages.</param>
    /// <param name="neededSide">The side of the square that the image is resized to, in pixels; 0 for all pixels.</param>
    /// <param name="limits">The limits; null for <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="UnreadableImageException">
    /// The bytes are not an image, are damaged, or need too much memory.
    /// </exception>
    public static unsafe DecodedImage Decode(
        ReadOnlySpan<byte> encoded, string name, int neededSide, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        var cost = InspectHeader(encoded, encoded.Length, limits, name);
        fixed (byte* start = encoded)
        {
            using var data = SKData.Create((nint)start, encoded.Length);
            using var codec = OpenCodec(new SKMemoryStream(data), name);
            var layout = SampleLayout.Of(codec, neededSide);
            long bytes = layout.Validate(cost, encoded.Length, limits, name);
            try
            {
                DecodingMemory.Acquire(bytes);
                try
                {
                    return new DecodedImage(Decode(codec, encoded, layout.Info, name), layout, codec.EncodedOrigin, bytes);
                }
                catch
                {
                    DecodingMemory.Release(bytes);
                    throw;
                }
            }
            catch (OutOfMemoryException e)
            {
                throw new UnreadableImageException(name, "out of memory", e);
            }
        }
    }

    /// <summary>Validates the format and the size of an image by the start of its file.</summary>
    /// <exception cref="UnreadableImageException">The image cannot be decoded.</exception>
    public static void ValidateHeader(FileStream file, string path)
    {
        ImageLimits limits = ImageLimits.Default;
        byte[] start = new byte[Math.Min(HeaderLength, file.Length)];
        int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var cost = InspectHeader(start.AsSpan(0, length), file.Length, limits, path);
        using var codec = OpenCodec(SKFileStream.OpenStream(path), path);
        SampleLayout.Of(codec, PixelFormat.Height).Validate(cost, file.Length, limits, path);
    }

    public void Dispose()
    {
        _pixels.Dispose();
        DecodingMemory.Release(_reserved);
    }

    private static DecodingCost InspectHeader(ReadOnlySpan<byte> start, long length, ImageLimits limits, string name)
    {
        if (start.IsEmpty)
            throw new UnreadableImageException(name, "it is empty");
        if (FindForeignFormat(start) is { } format)
            throw new UnreadableImageException(name, $"it is a {format} file; images are JPEG, PNG, WebP, GIF or BMP");
        var cost = DecodingCost.Of(start, limits);
        cost.ValidateHeader(length, limits, name);
        return cost;
    }

    private static unsafe ImageBuffer Decode(SKCodec codec, ReadOnlySpan<byte> encoded, SKImageInfo info, string name)
    {
        var pixels = new ImageBuffer(info.BytesSize);
        SKCodecResult result = SKCodecResult.Success;
        // Skia decodes what libjpeg-turbo rejects, so that error messages do not depend on the system.
        if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg
            || !TurboJpeg.TryDecode(encoded, pixels.Span, info.Width, info.Height))
            fixed (byte* start = pixels.Span)
                result = codec.GetPixels(info, (nint)start);
        if (result == SKCodecResult.Success)
            return pixels;
        pixels.Dispose();
        throw new UnreadableImageException(name, Explain(result));
    }

    private static SKCodec OpenCodec(SKStream stream, string name)
    {
        var codec = SKCodec.Create(stream, out var result);
        if (codec is null)
            throw new UnreadableImageException(name, result == SKCodecResult.Unimplemented
                ? "it is not a JPEG, PNG, WebP, GIF or BMP image" : Explain(result));
        var format = codec.EncodedFormat;
        if (format is SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp
            or SKEncodedImageFormat.Gif or SKEncodedImageFormat.Bmp)
            return codec;
        codec.Dispose();
        throw new UnreadableImageException(name, $"it is a {format} file; images are JPEG, PNG, WebP, GIF or BMP");
    }

    // Formats that users may expect to be supported.
    private static string? FindForeignFormat(ReadOnlySpan<byte> file) => file switch
    {
        [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => "TIFF",
        { Length: > 12 } when file[4..].StartsWith("ftypavi"u8) => "AVIF",
        { Length: > 12 } when file[4..].StartsWith("ftyphe"u8) || file[4..].StartsWith("ftypmi"u8) => "HEIC",
        [0xFF, 0x0A, ..] or [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ', ..] => "JPEG XL",
        [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => "Photoshop",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "PDF",
        [(byte)'<', (byte)'s', (byte)'v', (byte)'g', ..] => "SVG",
        _ => null,
    };

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "it is truncated",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "it is damaged or truncated",
        _ => $"it cannot be decoded ({result})",
    };
}
