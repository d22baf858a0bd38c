using VisualSentiment.Imaging;

namespace VisualSentiment.Tests.Imaging;

public class TriangleResamplerTests
{
    [Theory]
    [InlineData(640, 480, 224, 224)]
    [InlineData(227, 301, 224, 224)]
    [InlineData(1000, 31, 224, 224)]
    [InlineData(37, 53, 224, 224)]
    [InlineData(1, 1, 224, 224)]
    [InlineData(1, 4000, 224, 224)]
    [InlineData(4000, 1, 224, 224)]
    [InlineData(100, 90, 7, 5)]
    public void Agrees_with_the_filter_in_double_precision(int width, int height, int newWidth, int newHeight)
    {
        byte[] source = Noise(width, height);

        byte[] resized = Resize(source, width, height, newWidth, newHeight);

        double[] expected = Reference(source, width, height, newWidth, newHeight);
        Assert.InRange(expected.Zip(resized, (e, r) => Math.Abs(e - r)).Max(), 0, 1.001);
    }

    [Fact]
    public void Halving_weighs_four_pixels_by_one_and_three_eighths()
    {
        byte[] source = Image(448, 448, (x, _) => x < 224 ? (byte)0 : (byte)255);

        byte[] resized = Resize(source, 448, 448, 224, 224);

        Assert.Equal([0, 32, 223, 255], Reds(resized, 224, row: 100)[110..114]);
    }

    [Fact]
    public void Enlarging_blends_between_pixel_centers()
    {
        byte[] source = Image(2, 1, (x, _) => x == 0 ? (byte)0 : (byte)255);

        byte[] row = Reds(Resize(source, 2, 1, 224, 224), 224, row: 223);

        Assert.Equal([0, 1, 3], row[55..58]);
        Assert.Equal([126, 129], row[111..113]);
        Assert.Equal([252, 254, 255], row[166..169]);
    }

    [Fact]
    public void A_fine_checkerboard_becomes_gray()
    {
        byte[] source = Image(896, 896, (x, y) => (x + y) % 2 == 0 ? (byte)0 : (byte)255);

        byte[] resized = Resize(source, 896, 896, 224, 224);

        Assert.InRange(resized.Min(), 127, 128);
        Assert.InRange(resized.Max(), 127, 128);
    }

    [Fact]
    public void An_image_of_the_right_size_stays_as_it_is()
    {
        byte[] source = Noise(224, 224);

        byte[] resized = Resize(source, 224, 224, 224, 224);

        Assert.Equal(source.Where((_, i) => i % 4 != 3), resized);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void One_color_stays_that_color(byte value)
    {
        byte[] source = Image(1013, 577, (_, _) => value);

        Assert.Equal([value], Resize(source, 1013, 577, 224, 224).Distinct());
    }

    private static byte[] Resize(byte[] source, int width, int height, int newWidth, int newHeight)
    {
        byte[] resized = new byte[3 * newWidth * newHeight];
        TriangleResampler.Resize(new PixelView(source, width, height, PixelEncoding.Rgbx), resized, newWidth, newHeight);
        return resized;
    }

    private static byte[] Noise(int width, int height)
    {
        byte[] pixels = new byte[4 * width * height];
        new Random(width * 31 + height).NextBytes(pixels);
        return pixels;
    }

    private static byte[] Image(int width, int height, Func<int, int, byte> gray)
    {
        byte[] pixels = new byte[4 * width * height];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = gray(i / 4 % width, i / 4 / width);
        return pixels;
    }

    private static byte[] Reds(byte[] rgb, int width, int row) =>
        [.. Enumerable.Range(0, width).Select(x => rgb[3 * (row * width + x)])];

    // Straight from the definition: a triangle of weights around each output pixel's center, without rounding on the way.
    private static double[] Reference(byte[] source, int width, int height, int newWidth, int newHeight)
    {
        var across = Weights(width, newWidth);
        var down = Weights(height, newHeight);
        double[] narrow = new double[newWidth * height * 3];
        for (int i = 0; i < narrow.Length; i++)
        {
            foreach (var (x, weight) in across[i / 3 % newWidth])
                narrow[i] += weight * source[4 * (i / 3 / newWidth * width + x) + i % 3];
        }
        double[] result = new double[newWidth * newHeight * 3];
        for (int i = 0; i < result.Length; i++)
        {
            foreach (var (y, weight) in down[i / 3 / newWidth])
                result[i] += weight * narrow[y * newWidth * 3 + i % (newWidth * 3)];
        }
        return result;
    }

    private static (int Index, double Weight)[][] Weights(int size, int newSize)
    {
        double scale = (double)size / newSize, radius = Math.Max(1, scale);
        double Weight(int input, int output) => Math.Max(0, 1 - Math.Abs(input + 0.5 - (output + 0.5) * scale) / radius);
        return [.. Enumerable.Range(0, newSize).Select(output =>
        {
            var inputs = Enumerable.Range(0, size).Where(input => Weight(input, output) > 0).ToList();
            double sum = inputs.Sum(input => Weight(input, output));
            return inputs.Select(input => (input, Weight(input, output) / sum)).ToArray();
        })];
    }
}
