using System.Globalization;
using VisualSentiment.Imaging;
using VisualSentiment.Imaging.Augmentation;

namespace VisualSentiment.Tests.Imaging;

public class ViewTests
{
    private const int Size = PixelFormat.Width;
    private static readonly ViewGeometry Whole = new(0, 0, Size, Size, Mirrored: false, 1, 1, 1);

    [Fact]
    public void The_whole_image_is_its_own_view() => Assert.Equal(Gradient(), Render(Gradient(), Whole));

    [Fact]
    public void A_mirrored_view_runs_from_right_to_left()
    {
        byte[] image = Gradient(), mirrored = Render(image, Whole with { Mirrored = true });

        for (int y = 0; y < Size; y += 37)
            for (int x = 0; x < Size; x++)
                Assert.Equal(At(image, x, y), At(mirrored, Size - 1 - x, y));
        Assert.Equal(image, Render(mirrored, Whole with { Mirrored = true }));
    }

    [Fact]
    public void A_piece_is_enlarged_by_bilinear_interpolation()
    {
        byte[] image = Gradient();

        byte[] view = Render(image, Whole with { Left = 40, Top = 20, Width = 112, Height = 56 });

        for (int y = 0; y < Size; y += 11)
            for (int x = 0; x < Size; x += 11)
            {
                double sourceX = Math.Clamp((x + 0.5) / 2 - 0.5, 0, 111) + 40, sourceY = Math.Clamp((y + 0.5) / 4 - 0.5, 0, 55) + 20;
                for (int c = 0; c < 3; c++)
                    Assert.InRange(view[(y * Size + x) * 3 + c] - Bilinear(image, sourceX, sourceY, c), -1.01, 1.01);
            }
    }

    [Theory]
    [InlineData(0, 0, 224, 224, false, 1, 1, 1)]
    [InlineData(0, 0, 224, 224, true, 1.07, 0.93, 1.1)]
    [InlineData(17, 3, 207, 221, false, 0.91, 1.1, 0.9)]
    [InlineData(91, 60, 133, 131, true, 1, 1, 0)]
    [InlineData(223, 223, 1, 1, false, 2, 3, 5)]
    public void Every_byte_is_what_integers_say(int left, int top, int width, int height, bool mirrored, double brightness, double contrast, double saturation)
    {
        byte[] image = new byte[PixelFormat.ByteCount];
        new Random(4).NextBytes(image);
        var view = new ViewGeometry(left, top, width, height, mirrored, brightness, contrast, saturation);

        byte[] pixels = Render(image, view);

        for (int y = 0; y < Size; y++)
            for (int x = 0; x < Size; x++)
                Assert.Equal(ByIntegers(image, view, x, y), At(pixels, x, y));
    }

    [Fact]
    public void A_piece_of_one_color_keeps_it()
    {
        byte[] image = new byte[PixelFormat.ByteCount];
        Array.Fill(image, (byte)201);

        Assert.Equal(image, Render(image, new ViewGeometry(3, 5, 101, 87, true, 1, 1, 1)));
    }

    [Fact]
    public void Colors_stray_as_they_are_told()
    {
        byte[] image = new byte[PixelFormat.ByteCount];
        for (int i = 0; i < image.Length; i += 3)
            (image[i], image[i + 1], image[i + 2]) = (100, 150, 200);

        Assert.Equal((110, 165, 220), At(Render(image, Whole with { Brightness = 1.1 }), 5, 5));
        Assert.Equal((114, 139, 164), At(Render(image, Whole with { Contrast = 0.5 }), 5, 5));
        var (r, g, b) = At(Render(image, Whole with { Saturation = 0 }), 5, 5);
        Assert.Equal((r, r), (g, b));
        Assert.Equal((255, 255, 255), At(Render(image, Whole with { Brightness = 9 }), 5, 5));
    }

    [Fact]
    public void The_same_view_is_drawn_whenever_it_is_asked_for()
    {
        var augmentation = new ImageAugmentation();

        Assert.Equal(ViewGeometry.Draw(augmentation, 1, 77, 3), ViewGeometry.Draw(augmentation, 1, 77, 3));
        Assert.Equal(4, new[]
        {
            ViewGeometry.Draw(augmentation, 1, 77, 3), ViewGeometry.Draw(augmentation, 2, 77, 3),
            ViewGeometry.Draw(augmentation, 1, 78, 3), ViewGeometry.Draw(augmentation, 1, 77, 4),
        }.Distinct().Count());
    }

    [Fact]
    public void Views_stay_within_the_image_and_within_what_is_allowed()
    {
        var augmentation = new ImageAugmentation { MinCropArea = 0.2, ColorJitter = 0.3 };

        Assert.All(Enumerable.Range(0, 2000).Select(view => ViewGeometry.Draw(augmentation, 5, 1, view)), view =>
        {
            Assert.InRange(view.Left, 0, Size - view.Width);
            Assert.InRange(view.Top, 0, Size - view.Height);
            Assert.InRange((double)view.Width * view.Height / (Size * Size), 0.19, 1);
            Assert.All([view.Brightness, view.Contrast, view.Saturation], factor => Assert.InRange(factor, 0.7, 1.3));
        });
    }

    [Fact]
    public void Half_of_the_views_are_mirrored()
    {
        int mirrored = Enumerable.Range(0, 2000).Count(view => ViewGeometry.Draw(new ImageAugmentation(), 5, 1, view).Mirrored);

        Assert.InRange(mirrored, 900, 1100);
    }

    [Fact]
    public void A_view_without_crop_jitter_and_flip_is_the_image()
    {
        var still = new ImageAugmentation { MinCropArea = 1, ColorJitter = 0, FlipProbability = 0 };

        Assert.All(Enumerable.Range(0, 20), view => Assert.Equal(Whole, ViewGeometry.Draw(still, 1, 2, view)));
    }

    [Fact]
    public void A_blend_is_the_weighted_mean()
    {
        byte[] image = [0, 100, 255], other = [200, 100, 0];

        ViewRenderer.Blend(image, other, 0.75);

        Assert.Equal([50, 100, 191], image);
    }

    [Fact]
    public void Options_are_written_the_same_in_every_culture_and_completely()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = comma;
            string text = new ImageAugmentation { Mixup = 0.2 }.ToString();

            Assert.Equal("ImageAugmentation { Views = 8, MinCropArea = 0.35, FlipProbability = 0.5, ColorJitter = 0.1, Mixup = 0.2 }", text);
            Assert.All(typeof(ImageAugmentation).GetProperties(), property => Assert.Contains($" {property.Name} = ", text, StringComparison.Ordinal));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Every_mistake_is_listed()
    {
        var errors = new ImageAugmentation { Views = 0, MinCropArea = 0, FlipProbability = 2, ColorJitter = double.NaN, Mixup = -1 }.FindErrors();

        Assert.Equal(["Views", "MinCropArea", "FlipProbability", "ColorJitter", "Mixup"], errors.Select(error => error.Split(' ')[0]));
    }

    private static byte[] Render(byte[] image, ViewGeometry view)
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        ViewRenderer.Render(image, view, pixels);
        return pixels;
    }

    // In steps of 1/2048: rows first, then columns, then colors, rounded to nearest each time.
    private static (int, int, int) ByIntegers(byte[] image, ViewGeometry view, int x, int y)
    {
        var (row, below) = Find(y, view.Height);
        var (column, right) = Find(view.Mirrored ? Size - 1 - x : x, view.Width);
        int[] rgb = [.. Enumerable.Range(0, 3).Select(channel => Between(InColumn(column, channel), InColumn(right == 0 ? column : column + 1, channel), right))];
        int gray = (77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2] + 128) >> 8;
        int saturation = (int)Math.Round(view.Saturation * 2048), gain = (int)Math.Round(view.Brightness * view.Contrast * 2048);
        int offset = (int)Math.Round(128 * (1 - view.Contrast) * 2048);
        return (Shade(rgb[0]), Shade(rgb[1]), Shade(rgb[2]));

        int InColumn(int column, int channel)
        {
            int Value(int row) => image[((view.Top + row) * Size + view.Left + column) * 3 + channel];
            return Between(Value(row), Value(below == 0 ? row : row + 1), below);
        }
        int Shade(int value) => Math.Clamp(((gray + (((value - gray) * saturation + 1024) >> 11)) * gain + offset + 1024) >> 11, 0, 255);
        static int Between(int a, int b, int fraction) => (a * (2048 - fraction) + b * fraction + 1024) >> 11;
        static (int First, int Fraction) Find(int position, int length)
        {
            long place = Math.Clamp(((2L * position + 1) * length * 2048 / Size - 2048) / 2, 0, (length - 1L) * 2048);
            return ((int)(place >> 11), (int)(place & 2047));
        }
    }

    private static byte[] Gradient()
    {
        byte[] image = new byte[PixelFormat.ByteCount];
        for (int y = 0; y < Size; y++)
            for (int x = 0; x < Size; x++)
                (image[(y * Size + x) * 3], image[(y * Size + x) * 3 + 1], image[(y * Size + x) * 3 + 2]) = ((byte)x, (byte)y, (byte)((x * 7 + y * 3) % 256));
        return image;
    }

    private static (int, int, int) At(byte[] image, int x, int y) =>
        (image[(y * Size + x) * 3], image[(y * Size + x) * 3 + 1], image[(y * Size + x) * 3 + 2]);

    private static double Bilinear(byte[] image, double x, double y, int channel)
    {
        int left = (int)x, top = (int)y, right = Math.Min(left + 1, Size - 1), bottom = Math.Min(top + 1, Size - 1);
        double Value(int column, int row) => image[(row * Size + column) * 3 + channel];
        return (1 - (y - top)) * ((1 - (x - left)) * Value(left, top) + (x - left) * Value(right, top))
            + (y - top) * ((1 - (x - left)) * Value(left, bottom) + (x - left) * Value(right, bottom));
    }
}
