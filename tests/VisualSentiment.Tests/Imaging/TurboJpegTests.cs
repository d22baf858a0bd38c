using SkiaSharp;
using VisualSentiment.Imaging;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Imaging;

public class TurboJpegTests
{
    private static readonly int[] Fractions = [1, 2, 4, 8];

    public TurboJpegTests() => Assert.SkipUnless(TurboJpeg.IsPresent, "libturbojpeg is not installed (Debian: apt install libturbojpeg0)");

    [Theory]
    [InlineData(SKJpegEncoderDownsample.Downsample420)]
    [InlineData(SKJpegEncoderDownsample.Downsample422)]
    [InlineData(SKJpegEncoderDownsample.Downsample444)]
    public void Pixels_are_those_that_Skia_decodes(SKJpegEncoderDownsample chroma)
    {
        foreach (int quality in (int[])[40, 90, 100])
        {
            using SKBitmap image = Noise(637, 479);
            using var encoded = new SKDynamicMemoryWStream();
            Assert.True(image.PeekPixels().Encode(encoded, new SKJpegEncoderOptions(quality, chroma, SKJpegEncoderAlphaOption.Ignore)));
            AssertSame(encoded.DetachAsData().ToArray());
        }
    }

    [Fact]
    public void Pixels_of_one_without_colors_are_those_that_Skia_decodes()
    {
        using SKBitmap image = Noise(101, 67), gray = new(101, 67, SKColorType.Gray8, SKAlphaType.Opaque);
        Assert.True(image.CopyTo(gray, SKColorType.Gray8));
        using var jpeg = gray.Encode(SKEncodedImageFormat.Jpeg, 90);

        AssertSame(jpeg.ToArray());
    }

    [Fact]
    public void Pixels_of_a_progressive_one_are_those_that_Skia_decodes()
    {
        byte[] values = [.. Enumerable.Range(0, 12 * 9).Select(i => (byte)(i * 37))];

        AssertSame(TinyJpeg.Encode(12, [values, [.. values.Reverse()], values], progressive: true));
    }

    [Fact]
    public void Pixels_of_photographs_are_those_that_Skia_decodes()
    {
        string[] files = Directory.GetFiles(SharedFolder.Require("data/emotion6"), "*.jpg", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);

        foreach (string file in files.Where((_, i) => i % 60 == 0))
            AssertSame(File.ReadAllBytes(file));
    }

    [Fact]
    public void Unsupported_and_truncated_images_are_left_to_Skia()
    {
        using SKBitmap image = Noise(64, 64);
        using var jpeg = image.Encode(SKEncodedImageFormat.Jpeg, 90);
        using var png = image.Encode(SKEncodedImageFormat.Png, 90);
        byte[] whole = jpeg.ToArray();
        byte[] pixels = new byte[4 * 64 * 64];

        Assert.True(TurboJpeg.TryDecode(whole, pixels, 64, 64));
        Assert.False(TurboJpeg.TryDecode(whole.AsSpan(0, whole.Length / 2), pixels, 64, 64));
        Assert.False(TurboJpeg.TryDecode(png.ToArray(), pixels, 64, 64));
        Assert.False(TurboJpeg.TryDecode([], pixels, 64, 64));
        byte[] ink = [.. Enumerable.Repeat((byte)90, 64)];
        Assert.False(TurboJpeg.TryDecode(TinyJpeg.Encode(8, [ink, ink, ink, ink], adobe: true), pixels, 64, 64));
    }

    [Fact]
    public void A_damaged_image_is_named_as_without_it()
    {
        using SKBitmap image = Noise(64, 64);
        using var jpeg = image.Encode(SKEncodedImageFormat.Jpeg, 90);
        byte[] cut = jpeg.ToArray()[..^300];

        var failure = Assert.Throws<UnreadableImageException>(() => DecodedImage.Decode(cut, "cut.jpg", 0));

        Assert.Contains("'cut.jpg': it is truncated", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Decoders differ only in damaged images that neither finds damaged: values far out of range are clamped by the
    /// one and wrap around in the other.
    /// </summary>
    [Fact]
    public unsafe void Damaged_images_that_libjpeg_decodes_are_decoded_by_Skia_too()
    {
        using SKBitmap image = Noise(203, 157);
        using var jpeg = image.Encode(SKEncodedImageFormat.Jpeg, 80);
        byte[] whole = jpeg.ToArray();
        var random = new Random(5);
        int decoded = 0, different = 0;
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. whole];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                damaged[random.Next(2, damaged.Length)] = (byte)random.Next(256);
            using var codec = SKCodec.Create(new SKMemoryStream(damaged));
            if (codec is null || (long)codec.Info.Width * codec.Info.Height > 1_000_000)
                continue;
            byte[] expected = new byte[codec.Info.BytesSize], actual = new byte[expected.Length];
            if (!TurboJpeg.TryDecode(damaged, actual, codec.Info.Width, codec.Info.Height))
                continue;
            fixed (byte* start = expected)
                Assert.Equal(SKCodecResult.Success, codec.GetPixels(codec.Info.WithColorType(SKColorType.Rgba8888), (nint)start));
            decoded++;
            if (!actual.SequenceEqual(expected))
                different++;
        }

        Assert.InRange(decoded, 100, 500);
        Assert.InRange(different, 0, decoded / 10);
    }

    private static unsafe void AssertSame(byte[] jpeg)
    {
        foreach (int fraction in Fractions)
        {
            using var codec = SKCodec.Create(new SKMemoryStream(jpeg));
            int width = (codec.Info.Width + fraction - 1) / fraction, height = (codec.Info.Height + fraction - 1) / fraction;
            byte[] expected = new byte[4 * width * height], actual = new byte[expected.Length];
            fixed (byte* start = expected)
                Assert.Equal(SKCodecResult.Success, codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, codec.Info.AlphaType), (nint)start));

            Assert.True(TurboJpeg.TryDecode(jpeg, actual, width, height));
            Assert.True(actual.AsSpan().SequenceEqual(expected), $"other pixels at 1/{fraction}");
        }
    }

    private static SKBitmap Noise(int width, int height)
    {
        var image = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var random = new Random(3);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                image.SetPixel(x, y, new SKColor((byte)(x / 2 + random.Next(40)), (byte)(y / 2 + random.Next(40)), (byte)random.Next(256)));
        return image;
    }
}
