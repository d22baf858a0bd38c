using SkiaSharp;
using VisualSentiment.Imaging;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Imaging;

public class JpegReductionTests
{
    [Theory]
    [InlineData(447, 1)]
    [InlineData(448, 2)]
    [InlineData(1075, 2)]
    [InlineData(1076, 4)]
    [InlineData(2150, 4)]
    [InlineData(2151, 8)]
    public void Fraction_leaves_enough_samples_for_the_square(int shorterSide, int reduction) =>
        Assert.Equal(reduction, SampleLayout.ChooseJpegReduction(shorterSide, PixelFormat.Height));

    [Theory]
    [InlineData(640, 480)]
    [InlineData(449, 673)]
    [InlineData(1077, 1500)]
    [InlineData(2151, 2157)]
    public void Sharp_lines_in_strong_colors_stay_within_three_of_full_decoding(int width, int height)
    {
        byte[] jpeg = Draw(width, height);

        Assert.InRange(Difference(jpeg, ImageFit.Fill), 0.01, 3);
        Assert.InRange(Difference(jpeg, ImageFit.CenterCrop), 0.01, 3);
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(1201, 1100)]
    public void Photographs_stay_within_two_of_full_decoding(int width, int height)
    {
        string folder = SharedFolder.Require("data/emotion6");
        string[] files = Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);

        Parallel.ForEach(files.Where((_, i) => i % 130 == 0), file =>
        {
            using var photograph = SKBitmap.Decode(file);
            using var resized = photograph.Resize(new SKImageInfo(width, height), SKFilterQuality.High);
            using var jpeg = resized.Encode(SKEncodedImageFormat.Jpeg, 90);
            Assert.InRange(Difference(jpeg.ToArray(), ImageFit.Fill), 0, 2);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Turned_image_lies_where_full_decoding_puts_it(int orientation)
    {
        // Neither side is a whole number of samples.
        byte[] jpeg = TinyJpeg.WithOrientation(Draw(1079, 1083), orientation);

        Assert.InRange(Difference(jpeg, ImageFit.Fill), 0.01, 2);
        Assert.InRange(Difference(jpeg, ImageFit.CenterCrop), 0.01, 2);
    }

    [Theory]
    [InlineData(640, 480, 3)]
    [InlineData(640, 480, 4)]
    [InlineData(448, 600, 4)]
    public void Patterns_as_fine_as_the_pixels_of_the_square_stay_within_eleven(int width, int height, int square)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                bitmap.SetPixel(x, y, (x / square + y / square) % 2 == 0 ? SKColors.Black : SKColors.White);
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);

        Assert.InRange(Difference(jpeg.ToArray(), ImageFit.Fill), 0.01, 11);
    }

    [Fact]
    public void Images_of_other_formats_are_decoded_in_full()
    {
        byte[] png = TestImages.Gradient(640, 480);

        Assert.Equal(Full(png, ImageFit.Fill), TestImages.Read(png));
    }

    /// <summary>The mean absolute difference of what is read from what full decoding gives, from 0 to 255.</summary>
    private static double Difference(byte[] encoded, ImageFit fit) =>
        TestImages.Read(encoded, fit).Zip(Full(encoded, fit), (a, b) => (double)Math.Abs(a - b)).Average();

    private static byte[] Full(byte[] encoded, ImageFit fit)
    {
        using var image = DecodedImage.Decode(encoded, "test image", neededSide: 0);
        byte[] pixels = new byte[PixelFormat.ByteCount];
        TriangleResampler.Resize(fit == ImageFit.Fill ? image.View : image.View.CropCenter(), pixels, PixelFormat.Width, PixelFormat.Height);
        return pixels;
    }

    /// <summary>A JPEG of sharp circles and lines of all widths.</summary>
    private static byte[] Draw(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { IsAntialias = true };
        var random = new Random(5);
        canvas.Clear(SKColors.SteelBlue);
        for (int i = 0; i < 120; i++)
        {
            paint.Color = new SKColor((uint)random.Next() | 0xFF000000);
            paint.StrokeWidth = random.Next(1, 12);
            if (i % 2 == 0)
                canvas.DrawCircle(random.Next(width), random.Next(height), random.Next(2, width / 8), paint);
            else
                canvas.DrawLine(random.Next(width), random.Next(height), random.Next(width), random.Next(height), paint);
        }
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return jpeg.ToArray();
    }
}
