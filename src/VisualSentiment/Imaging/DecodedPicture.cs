using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>
/// A whole picture in memory; a JPEG at a fraction of its size, where that is enough. Colour values are taken as they are stored; an embedded colour profile is not applied, since
/// the networks were trained without, and neither <c>MLImage</c> nor a raw frame has one. Of an animation it is the first
/// frame. Skia finds an EXIF orientation in JPEGs only.
/// </summary>
internal sealed class DecodedPicture : IDisposable
{
    /// <summary>Pictures that declare more pixels are refused before any memory is set aside for them.</summary>
    public const long MaxPixels = 200_000_000;

    private readonly byte[] _pixels;
    private readonly SKImageInfo _info;
    private readonly PixelAxis _columns;
    private readonly PixelAxis _rows;
    private readonly SKEncodedOrigin _orientation;

    private DecodedPicture(byte[] pixels, SKImageInfo info, PixelAxis columns, PixelAxis rows, SKEncodedOrigin orientation)
    {
        _pixels = pixels;
        _info = info;
        _columns = columns;
        _rows = rows;
        _orientation = orientation;
    }

    /// <summary>Whether it is in memory at a fraction of its size.</summary>
    public bool IsReduced => _columns.Reduction > 1;

    /// <summary>The picture, turned as its EXIF orientation says.</summary>
    public PixelView View => new PixelView(_pixels.AsSpan(0, _info.BytesSize), _columns, _rows,
        _info.IsOpaque ? PixelEncoding.Rgbx : PixelEncoding.RgbaStraight).Turn(_orientation);

    /// <summary>Decodes a JPEG, PNG, WebP, GIF or BMP.</summary>
    /// <param name="encoded">The bytes of a file.</param>
    /// <param name="name">What the picture is called in messages.</param>
    /// <param name="neededSide">The side of the square that is wanted of the picture, in pixels; 0 for every pixel.</param>
    /// <exception cref="UnreadableImageException">The bytes are no such picture, too large a one, or damaged.</exception>
    public static unsafe DecodedPicture Decode(ReadOnlySpan<byte> encoded, string name, int neededSide)
    {
        if (encoded.IsEmpty)
            throw new UnreadableImageException(name, "it is empty");
        fixed (byte* start = encoded)
        {
            using var data = SKData.Create((nint)start, encoded.Length);
            using var codec = OpenCodec(new SKMemoryStream(data), name);
            return Decode(codec, encoded, name, neededSide);
        }
    }

    /// <summary>Checks what the start of a file tells: that it is a picture, of a kind and size that can be decoded.</summary>
    /// <exception cref="UnreadableImageException">It is not.</exception>
    public static void CheckHeader(string path)
    {
        using var codec = OpenCodec(SKFileStream.OpenStream(path), path);
    }

    public void Dispose() => PictureBuffers.Return(_pixels);

    private static unsafe DecodedPicture Decode(SKCodec codec, ReadOnlySpan<byte> encoded, string name, int neededSide)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        int reduction = neededSide > 0 && codec.EncodedFormat == SKEncodedImageFormat.Jpeg
            ? JpegReduction.Choose(Math.Min(width, height), neededSide) : 1;
        PixelAxis columns = PixelAxis.All(width, reduction), rows = PixelAxis.All(height, reduction);
        var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        var info = new SKImageInfo(columns.Samples, rows.Samples, SKColorType.Rgba8888, alpha);
        byte[] pixels = PictureBuffers.Rent(info.BytesSize);
        SKCodecResult result = SKCodecResult.Success;
        // What is wrong with a picture is for one decoder to say, wherever it is.
        if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg || !TurboJpeg.TryDecode(encoded, pixels, info.Width, info.Height))
            fixed (byte* start = pixels)
                result = codec.GetPixels(info, (nint)start);
        if (result == SKCodecResult.Success)
            return new DecodedPicture(pixels, info, columns, rows, codec.EncodedOrigin);
        PictureBuffers.Return(pixels);
        throw new UnreadableImageException(name, Explain(result));
    }

    private static SKCodec OpenCodec(SKStream stream, string name)
    {
        var codec = SKCodec.Create(stream, out var result);
        if (codec is null)
        {
            throw new UnreadableImageException(name, result == SKCodecResult.Unimplemented
                ? "it is not a JPEG, PNG, WebP, GIF or BMP picture" : Explain(result));
        }
        var (format, size) = (codec.EncodedFormat, codec.Info.Size);
        string? mistake = format is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp
                or SKEncodedImageFormat.Gif or SKEncodedImageFormat.Bmp)
            ? $"it is a {format} file; pictures are JPEG, PNG, WebP, GIF or BMP"
            : (long)size.Width * size.Height > MaxPixels
                ? $"it claims {size.Width} x {size.Height} pixels; at most {MaxPixels / 1_000_000} million are decoded"
                : null;
        if (mistake is null)
            return codec;
        codec.Dispose();
        throw new UnreadableImageException(name, mistake);
    }

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "it is cut short",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "it is damaged or cut short",
        _ => $"it cannot be decoded ({result})",
    };
}
