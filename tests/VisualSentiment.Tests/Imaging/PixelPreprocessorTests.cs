using System.Text;
using Microsoft.ML.Data;
using SkiaSharp;
using VisualSentiment.Imaging;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Imaging.TestImages;

namespace VisualSentiment.Tests.Imaging;

public class PixelPreprocessorTests
{
    private readonly PixelPreprocessor _filling = new(ImageFit.Fill);

    [Fact]
    public void A_file_its_bytes_a_stream_and_an_image_of_it_give_the_same_pixels()
    {
        byte[] encoded = Gradient(301, 203, SKEncodedImageFormat.Jpeg);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.jpg"], encoded);
        using var stream = new MemoryStream(encoded);
        using var image = MLImage.CreateFromFile(folder["a.jpg"]);
        byte[] fromFile = new byte[PixelFormat.ByteCount];
        byte[] fromStream = new byte[PixelFormat.ByteCount];
        byte[] fromImage = new byte[PixelFormat.ByteCount];

        _filling.Read(folder["a.jpg"], fromFile);
        _filling.Read(stream, fromStream, "stream");
        _filling.Read(image, fromImage);

        byte[] fromBytes = Read(encoded);
        Assert.Equal(fromBytes, fromFile);
        Assert.Equal(fromBytes, fromStream);
        Assert.Equal(fromBytes, fromImage);
    }

    [Fact]
    public void A_stream_is_read_from_its_position_and_stays_open()
    {
        byte[] encoded = Gradient(20, 20);
        using var stream = new MemoryStream([1, 2, 3, .. encoded]) { Position = 3 };
        byte[] pixels = new byte[PixelFormat.ByteCount];

        _filling.Read(stream, pixels, "stream");

        Assert.Equal(Read(encoded), pixels);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void A_transparent_image_gives_the_pixels_of_its_file()
    {
        byte[] encoded = Encode(256, 256, SKEncodedImageFormat.Png, (x, y) => new SKColor((byte)x, (byte)(255 - x), 77, (byte)y));
        using var image = MLImage.CreateFromStream(new MemoryStream(encoded));
        byte[] pixels = new byte[PixelFormat.ByteCount];

        _filling.Read(image, pixels);

        Assert.Equal(Read(encoded), pixels);
    }

    [Theory]
    [InlineData(MLPixelFormat.Rgba32)]
    [InlineData(MLPixelFormat.Bgra32)]
    public void An_image_may_hold_its_channels_in_either_order(MLPixelFormat format)
    {
        byte[] color = format == MLPixelFormat.Rgba32 ? [10, 20, 30, 255] : [30, 20, 10, 255];
        using var image = MLImage.CreateFromPixels(1, 1, format, color);
        byte[] pixels = new byte[PixelFormat.ByteCount];

        _filling.Read(image, pixels);

        Assert.Equal((10, 20, 30), At(pixels, 100, 100));
    }

    [Fact]
    public void Reading_an_image_leaves_it_to_its_owner()
    {
        using var image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, [10, 20, 30, 255]);

        _filling.Read(image, new byte[PixelFormat.ByteCount]);

        Assert.Equal(1, image.Width);
    }

    [Fact]
    public void A_buffer_of_another_size_is_rejected()
    {
        byte[] encoded = Gradient(8, 8);

        Assert.Throws<ArgumentOutOfRangeException>(() => _filling.Read(encoded, new byte[PixelFormat.ByteCount + 1], "test image"));
    }

    [Fact]
    public void Many_threads_read_the_same_pixels()
    {
        byte[] encoded = Gradient(320, 200, SKEncodedImageFormat.Jpeg);
        byte[] expected = Read(encoded);

        Parallel.For(0, 32, _ =>
        {
            byte[] pixels = new byte[PixelFormat.ByteCount];
            _filling.Read(encoded, pixels, "test image");
            Assert.Equal(expected, pixels);
        });
    }

    [Theory]
    [InlineData(1, "ABCD")]
    [InlineData(2, "BADC")]
    [InlineData(3, "DCBA")]
    [InlineData(4, "CDAB")]
    [InlineData(5, "ACBD")]
    [InlineData(6, "CADB")]
    [InlineData(7, "DBCA")]
    [InlineData(8, "BDAC")]
    public void Exif_orientation_is_undone(int orientation, string corners)
    {
        // Stored: A upper left, B upper right, C lower left, D lower right.
        byte[] stored = TinyJpeg.Encode(4, [[.. Enumerable.Repeat<byte[]>([50, 50, 100, 100], 3).SelectMany(r => r),
            .. Enumerable.Repeat<byte[]>([150, 150, 200, 200], 3).SelectMany(r => r)]]);

        byte[] pixels = Read(TinyJpeg.WithOrientation(stored, orientation));

        byte Corner(int x, int y) => At(pixels, x, y).Red;
        Assert.Equal(corners.Select(c => (c - 'A' + 1) * 50), [Corner(0, 0), Corner(223, 0), Corner(0, 223), Corner(223, 223)]);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void An_image_is_turned_before_it_is_stretched(int orientation)
    {
        byte[] upright = TinyJpeg.Encode(2, [[.. Enumerable.Range(0, 12).Select(i => (byte)(20 * i))]]);
        byte[] lying = TinyJpeg.Encode(6, [[.. Enumerable.Range(0, 12).Select(i => (byte)(20 * Turned(i % 6, i / 6)))]]);

        byte[] pixels = Read(TinyJpeg.WithOrientation(lying, orientation));

        Assert.Equal(Read(upright), pixels);

        // Which block of the upright image, two across and six down, lies at a place of the stored one.
        int Turned(int x, int y) => orientation switch
        {
            5 => x * 2 + y,
            6 => x * 2 + (1 - y),
            7 => (5 - x) * 2 + (1 - y),
            _ => (5 - x) * 2 + y,
        };
    }

    [Theory]
    [InlineData(0, 255, 255, 255)]
    [InlineData(255, 200, 100, 0)]
    [InlineData(128, 227, 177, 127)]
    [InlineData(1, 255, 254, 254)]
    public void Alpha_is_laid_on_white_and_rounded_to_nearest(byte alpha, byte red, byte green, byte blue)
    {
        byte[] pixels = Read(TinyPng.Encode(1, 1, 8, 6, [200, 100, 0, alpha]));

        Assert.Equal((red, green, blue), At(pixels, 0, 0));
    }

    [Fact]
    public void A_grayscale_jpeg_has_three_equal_channels()
    {
        byte[] pixels = Read(TinyJpeg.Encode(1, [[90]]));

        Assert.Equal((90, 90, 90), At(pixels, 5, 5));
    }

    [Fact]
    public void A_progressive_jpeg_decodes_as_the_baseline_one()
    {
        byte[][] components = [[10, 200, 90, 60], [128, 128, 128, 128], [128, 128, 128, 128]];

        byte[] pixels = Read(TinyJpeg.Encode(2, components, progressive: true));

        Assert.Equal(Read(TinyJpeg.Encode(2, components)), pixels);
        Assert.Equal((10, 10, 10), At(pixels, 0, 0));
    }

    [Fact]
    public void A_cmyk_jpeg_decodes_to_rgb()
    {
        // As Adobe writes it: inverted, so that 255 is no ink. Cyan takes red away, black takes a half.
        byte[] pixels = Read(TinyJpeg.Encode(2, [[0, 255], [255, 255], [255, 255], [255, 128]], adobe: true));

        Assert.Equal((0, 255, 255), At(pixels, 0, 0));
        Assert.Equal((128, 128, 128), At(pixels, 223, 0));
    }

    [Fact]
    public void A_palette_png_decodes_to_its_colors()
    {
        byte[] pixels = Read(TinyPng.Encode(2, 1, 8, 3, [1, 0], palette: [10, 20, 30, 200, 150, 100]));

        Assert.Equal((200, 150, 100), At(pixels, 0, 0));
        Assert.Equal((10, 20, 30), At(pixels, 223, 223));
    }

    [Fact]
    public void A_sixteen_bit_png_keeps_the_upper_bytes()
    {
        byte[] pixels = Read(TinyPng.Encode(1, 1, 16, 2, [0x40, 0x40, 0x80, 0x80, 0xFF, 0xFF]));

        Assert.Equal((0x40, 0x80, 0xFF), At(pixels, 0, 0));
    }

    [Fact]
    public void A_sixteen_bit_grayscale_png_decodes()
    {
        byte[] pixels = Read(TinyPng.Encode(1, 1, 16, 0, [0x60, 0x60]));

        Assert.Equal((0x60, 0x60, 0x60), At(pixels, 0, 0));
    }

    [Fact]
    public void A_webp_decodes()
    {
        byte[] pixels = Read(Encode(40, 30, SKEncodedImageFormat.Webp, (_, _) => new SKColor(120, 120, 120)));

        Assert.InRange(At(pixels, 100, 100).Green, 117, 123);
    }

    [Fact]
    public void A_gif_shows_its_first_frame()
    {
        // 1 x 1, two frames: the first shows color 0 (10, 20, 30), the second color 1.
        byte[] frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2];
        byte[] gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 10, 20, 30, 200, 210, 220,
            .. frame, 2, 0x44, 0x01, 0, .. frame, 2, 0x4C, 0x01, 0, 0x3B];

        Assert.Equal((10, 20, 30), At(Read(gif), 0, 0));
    }

    [Fact]
    public void A_bmp_decodes()
    {
        byte[] bmp = [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0,
            .. new byte[24], 30, 20, 10, 0];

        Assert.Equal((10, 20, 30), At(Read(bmp), 0, 0));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4000)]
    [InlineData(4000, 1)]
    public void Extreme_shapes_fill_the_square(int width, int height)
    {
        byte[] pixels = Read(Encode(width, height, SKEncodedImageFormat.Png, (_, _) => new SKColor(9, 99, 199)));

        Assert.Equal((9, 99, 199), At(pixels, 0, 0));
        Assert.Equal((9, 99, 199), At(pixels, 223, 223));
    }

    [Fact]
    public void Center_crop_takes_the_largest_square_from_the_middle()
    {
        byte[] wide = Encode(400, 224, SKEncodedImageFormat.Png, (x, y) => new SKColor((byte)(x - 88), (byte)y, 0));

        byte[] pixels = Read(wide, ImageFit.CenterCrop);

        Assert.Equal((0, 0, 0), At(pixels, 0, 0));
        Assert.Equal((223, 223, 0), At(pixels, 223, 223));
    }

    [Fact]
    public void Center_crop_of_a_turned_image_is_its_middle()
    {
        byte[] row = [0, 40, 80, 120, 160];
        byte[] lying = TinyJpeg.Encode(5, [[.. row, .. row, .. row]]);

        byte[] pixels = Read(TinyJpeg.WithOrientation(lying, 6), ImageFit.CenterCrop);

        Assert.Equal([40, 80, 120], [At(pixels, 100, 0).Red, At(pixels, 100, 112).Red, At(pixels, 100, 223).Red]);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void An_image_that_is_cut_short_is_rejected(SKEncodedImageFormat format)
    {
        byte[] encoded = Gradient(200, 150, format);

        foreach (double kept in (double[])[0.05, 0.3, 0.6, 0.9])
            Assert.Contains("truncated", ReadFails(encoded[..(int)(encoded.Length * kept)]).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_progressive_jpeg_that_is_cut_short_is_rejected()
    {
        byte[] blocks = [.. Enumerable.Range(0, 400).Select(i => (byte)(i * 37))];
        byte[] encoded = TinyJpeg.Encode(20, [blocks, blocks, blocks], progressive: true);

        foreach (double kept in (double[])[0.3, 0.6, 0.95])
            Assert.Contains("truncated", ReadFails(encoded[..(int)(encoded.Length * kept)]).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no image at all")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void Data_of_no_image_format_is_rejected(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.jpg"], content);

        var e = Assert.Throws<UnreadableImageException>(() => _filling.Read(folder["a.jpg"], new byte[PixelFormat.ByteCount]));

        Assert.Equal(folder["a.jpg"], e.Image);
        Assert.Contains(folder["a.jpg"], e.Message, StringComparison.Ordinal);
        Assert.Contains(content.Length == 0 ? "it is empty" : "it is not a JPEG, PNG, WebP, GIF or BMP image", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_rejected_by_name()
    {
        using var folder = new TemporaryFolder();

        var e = Assert.Throws<UnreadableImageException>(() => _filling.Read(folder["gone.jpg"], new byte[PixelFormat.ByteCount]));

        Assert.Equal(folder["gone.jpg"], e.Image);
    }

    [Fact]
    public void An_image_that_claims_too_many_pixels_is_rejected_before_memory_is_set_aside()
    {
        byte[] bomb = TinyPng.Encode(20_000, 20_000, 8, 2, []);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var e = ReadFails(bomb);

        Assert.Equal("it has 20,000 x 20,000 pixels; at most 200,000,000 are allowed (ImageLimits.MaxPixels)", e.Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_kind_of_image_outside_the_contract_is_rejected()
    {
        byte[] png = Gradient(16, 16);
        byte[] icon = [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, .. BitConverter.GetBytes(png.Length), 22, 0, 0, 0, .. png];

        Assert.Contains("Ico", ReadFails(icon).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TIFF", "II*\0")]
    [InlineData("TIFF", "MM\0*")]
    [InlineData("HEIC", "\0\0\0\u0018ftypheic")]
    [InlineData("HEIC", "\0\0\0\u0018ftypmif1")]
    [InlineData("AVIF", "\0\0\0\u0018ftypavif")]
    [InlineData("JPEG XL", "\u00FF\n")]
    [InlineData("JPEG XL", "\0\0\0\u000CJXL ")]
    [InlineData("Photoshop", "8BPS")]
    [InlineData("PDF", "%PDF-1.7")]
    [InlineData("SVG", "<svg ")]
    public void A_file_of_another_kind_is_named(string kind, string start)
    {
        var e = ReadFails([.. Encoding.Latin1.GetBytes(start), .. new byte[100]]);

        Assert.Equal($"it is a {kind} file; images are JPEG, PNG, WebP, GIF or BMP", e.Reason);
    }

    [Fact]
    public void Photographs_decode()
    {
        string folder = SharedFolder.Require("data/emotion6");
        string[] files = Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);

        Parallel.ForEach(files.Where((_, i) => i % 26 == 0), file =>
        {
            byte[] pixels = new byte[PixelFormat.ByteCount];
            _filling.Read(file, pixels);
            Assert.NotEqual(pixels.Min(), pixels.Max());
        });
    }
}
