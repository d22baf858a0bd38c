using System.Buffers.Binary;
using SkiaSharp;
using VisualSentiment.Tests.Imaging;

namespace VisualSentiment.Fuzzing;

/// <summary>Small valid images of each kind that the library decodes.</summary>
internal static class ImageSeeds
{
    public static IReadOnlyList<byte[]> Jpeg()
    {
        byte[] plane = [.. Enumerable.Range(0, 6).Select(i => (byte)(40 * i))];
        byte[] color = TinyJpeg.Encode(3, [plane, plane, plane]);
        return
        [
            color,
            TinyJpeg.Encode(3, [plane]),
            TinyJpeg.Encode(3, [plane, plane, plane], progressive: true),
            TinyJpeg.Encode(3, [plane, plane, plane, plane], adobe: true),
            TinyJpeg.Encode(3, [plane, plane, plane, plane], progressive: true, adobe: true),
            TinyJpeg.WithOrientation(color, orientation: 6),
            Encode(40, 30, SKEncodedImageFormat.Jpeg, 75),
            Encode(500, 460, SKEncodedImageFormat.Jpeg, 40), // large enough to be decoded at a fraction
        ];
    }

    public static IReadOnlyList<byte[]> Png() =>
    [
        Encode(40, 30, SKEncodedImageFormat.Png, 100),
        TinyPng.Encode(8, 6, 8, 0, Samples(48)),
        TinyPng.Encode(8, 6, 16, 2, Samples(8 * 6 * 6)),
        TinyPng.Encode(8, 6, 8, 3, [.. Samples(48).Select(sample => (byte)(sample % 4))], palette: Samples(12)),
        TinyPng.Encode(8, 6, 8, 6, Samples(8 * 6 * 4)),
    ];

    public static IReadOnlyList<byte[]> WebP()
    {
        byte[] lossy = Encode(40, 30, SKEncodedImageFormat.Webp, 60);
        using SKBitmap varied = Bitmap(24, 18), flat = Bitmap(16, 16);
        flat.Erase(SKColors.Teal);
        // The extended header: flags, three reserved bytes, then width and height minus one in three bytes each.
        byte[] extended = [.. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 39, 0, 0, 29, 0, 0, .. lossy.AsSpan(12)];
        byte[] file = [.. "RIFF"u8, .. Little(extended.Length + 4), .. "WEBP"u8, .. extended];
        return [lossy, Lossless(varied), Lossless(flat), file];
    }

    public static IReadOnlyList<byte[]> Gif()
    {
        byte[] pixels = [.. Samples(80).Select(sample => (byte)(sample & 0x7F))];
        byte[] palette = [.. Samples(3 * 128)];
        // Codes of eight bits: 128 clears the table, 129 ends; the table never grows to codes of nine bits.
        byte[] codes = [128, .. pixels, 129];
        byte[] frame = [0x2C, 0, 0, 0, 0, 10, 0, 8, 0, 0, 7, (byte)codes.Length, .. codes, 0];
        byte[] screen = [.. "GIF89a"u8, 10, 0, 8, 0, 0xF6, 0, 0, .. palette];
        byte[] control = [0x21, 0xF9, 4, 5, 10, 0, 3, 0];
        return [[.. screen, .. frame, 0x3B], [.. screen, .. control, .. frame, .. control, .. frame, 0x3B]];
    }

    public static IReadOnlyList<byte[]> Bmp()
    {
        byte[] palette = Samples(4 * 256);
        // Runs of 12 equal pixels, an end of line after each of 6, and the end of the image.
        byte[] runs = [.. Enumerable.Range(0, 6).SelectMany(i => new byte[] { 12, (byte)(i * 30), 0, 0 }), 0, 1];
        return
        [
            BmpFile(12, 6, 24, 0, [], Samples(12 * 3 * 6)),
            BmpFile(12, -6, 32, 0, [], Samples(12 * 4 * 6)),
            BmpFile(12, 6, 8, 0, palette, Samples(12 * 6)),
            BmpFile(12, 6, 8, 1, palette, runs),
            BmpFile(12, 6, 16, 0, [], Samples(12 * 2 * 6)),
        ];
    }

    private static byte[] BmpFile(int width, int height, short depth, int compression, byte[] palette, byte[] pixels)
    {
        int offset = 54 + palette.Length;
        return
        [
            .. "BM"u8, .. Little(offset + pixels.Length), 0, 0, 0, 0, .. Little(offset),
            .. Little(40), .. Little(width), .. Little(height), 1, 0, (byte)depth, 0, .. Little(compression),
            .. Little(pixels.Length), .. Little(2835), .. Little(2835), .. Little(palette.Length / 4), .. Little(0),
            .. palette, .. pixels,
        ];
    }

    private static byte[] Encode(int width, int height, SKEncodedImageFormat format, int quality)
    {
        using SKBitmap bitmap = Bitmap(width, height);
        using SKData data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    // An image of one color takes no bits per pixel, so it is valid at any size.
    private static byte[] Lossless(SKBitmap bitmap)
    {
        using SKPixmap pixels = bitmap.PeekPixels();
        using SKData data = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 50));
        return data.ToArray();
    }

    private static SKBitmap Bitmap(int width, int height)
    {
        SKColor Color(int x, int y) => new((byte)(x * 255 / width), (byte)(y * 255 / height), (byte)(7 * x + 3 * y));
        return new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul))
        {
            Pixels = [.. Enumerable.Range(0, width * height).Select(i => Color(i % width, i / width))],
        };
    }

    private static byte[] Samples(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 37))];

    private static byte[] Little(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
