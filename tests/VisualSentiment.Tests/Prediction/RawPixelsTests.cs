using SkiaSharp;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction;

public sealed class RawPixelsTests : IDisposable
{
    private const int Width = 37, Height = 23;

    private readonly SentimentDetector _detector = SentimentDetector.Load(ExportedStudent.Create());

    public void Dispose() => _detector.Dispose();

    [Theory]
    [InlineData(RawPixelFormat.Rgb, 0)]
    [InlineData(RawPixelFormat.Rgb, 128)]
    [InlineData(RawPixelFormat.Bgr, 0)]
    [InlineData(RawPixelFormat.Bgr, 112)]
    [InlineData(RawPixelFormat.Rgba, 0)]
    [InlineData(RawPixelFormat.Rgba, 160)]
    [InlineData(RawPixelFormat.Bgra, 0)]
    [InlineData(RawPixelFormat.Bgra, 149)]
    public void Raw_pixels_give_the_prediction_of_the_file(RawPixelFormat format, int stride)
    {
        bool hasAlpha = format is RawPixelFormat.Rgba or RawPixelFormat.Bgra;
        byte[] rgba = RandomImage(hasAlpha);

        SentimentPrediction expected = _detector.Predict(EncodePng(rgba));

        Assert.Equal(expected, _detector.Predict(Convert(rgba, format, stride), Width, Height, format, stride));
    }

    [Fact]
    public void The_gap_after_the_last_row_may_be_missing()
    {
        byte[] rgba = RandomImage(hasAlpha: false);
        byte[] padded = Convert(rgba, RawPixelFormat.Rgb, 128);

        Assert.Equal(_detector.Predict(padded, Width, Height, RawPixelFormat.Rgb, 128),
            _detector.Predict(padded.AsSpan(0, 128 * (Height - 1) + 3 * Width), Width, Height, RawPixelFormat.Rgb, 128));
    }

    [Theory]
    [InlineData(12, 0, 2, RawPixelFormat.Rgb, 0, "width")]
    [InlineData(12, 2, -1, RawPixelFormat.Rgb, 0, "height")]
    [InlineData(12, 2, 2, (RawPixelFormat)4, 0, "format")]
    [InlineData(12, 2, 2, RawPixelFormat.Rgb, 5, "stride")]
    [InlineData(12, 2, 2, RawPixelFormat.Rgb, -6, "stride")]
    [InlineData(11, 2, 2, RawPixelFormat.Bgr, 0, "pixels")]
    [InlineData(13, 2, 2, RawPixelFormat.Bgr, 0, "pixels")]
    [InlineData(12, 2, 2, RawPixelFormat.Rgba, 0, "pixels")]
    [InlineData(14, 2, 2, RawPixelFormat.Rgb, 9, "pixels")]
    [InlineData(19, 2, 2, RawPixelFormat.Rgb, 9, "pixels")]
    [InlineData(12, int.MaxValue, int.MaxValue, RawPixelFormat.Rgb, 0, "width")]
    [InlineData(12, 2, 2, RawPixelFormat.Rgb, int.MaxValue, "pixels")]
    public void Arguments_that_do_not_match_are_refused(
        int bytes, int width, int height, RawPixelFormat format, int stride, string parameter) =>
        Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(
            () => _detector.Predict(new byte[bytes], width, height, format, stride)).ParamName);

    [Fact]
    public void ReadPixels_returns_what_the_model_receives()
    {
        using var folder = new TemporaryFolder();
        string path = TestImage.Write(folder["image.png"], 3);
        byte[] encoded = File.ReadAllBytes(path);

        byte[] pixels = _detector.ReadPixels(path);

        Assert.Equal(224 * 224 * 3, pixels.Length);
        Assert.Equal(pixels, _detector.ReadPixels(encoded));
        Assert.Equal(pixels, _detector.ReadPixels(new MemoryStream(encoded)));
        Assert.Equal(_detector.Predict(path), _detector.PredictPixels(pixels));
        Assert.Equal(_detector.Predict(path), _detector.Predict(pixels, 224, 224, RawPixelFormat.Rgb));
    }

    [Fact]
    public void ReadPixels_fits_images_as_the_model_requires()
    {
        using var cropping = SentimentDetector.Load(ExportedStudent.Create(ImageFit.CenterCrop));
        byte[] encoded = TestImage.Encode(3);

        Assert.NotEqual(_detector.ReadPixels(encoded), cropping.ReadPixels(encoded));
    }

    [Fact]
    public void Errors_name_the_cause()
    {
        Assert.Contains("150528", Assert.Throws<ArgumentException>(() => _detector.PredictPixels(new byte[7])).Message, StringComparison.Ordinal);
        Assert.Throws<UnreadableImageException>(() => _detector.ReadPixels("nowhere.jpg"));
        Assert.Throws<UnreadableImageException>(() => _detector.ReadPixels("no image"u8.ToArray()));
        Assert.Throws<UnreadableImageException>(() => _detector.ReadPixels(Stream.Null));
    }

    private static byte[] RandomImage(bool hasAlpha)
    {
        byte[] rgba = new byte[4 * Width * Height];
        new Random(5).NextBytes(rgba);
        for (int i = 3; i < rgba.Length && !hasAlpha; i += 4)
            rgba[i] = 255;
        return rgba;
    }

    private static byte[] Convert(byte[] rgba, RawPixelFormat format, int stride)
    {
        int[] channels = format switch
        {
            RawPixelFormat.Rgb => [0, 1, 2],
            RawPixelFormat.Bgr => [2, 1, 0],
            RawPixelFormat.Rgba => [0, 1, 2, 3],
            _ => [2, 1, 0, 3],
        };
        int step = stride == 0 ? channels.Length * Width : stride;
        byte[] pixels = new byte[step * Height];
        for (int y = 0; y < Height; y++)
            for (int x = 0; x < Width; x++)
                for (int c = 0; c < channels.Length; c++)
                    pixels[step * y + channels.Length * x + c] = rgba[4 * (Width * y + x) + channels[c]];
        return pixels;
    }

    private static unsafe byte[] EncodePng(byte[] rgba)
    {
        fixed (byte* start = rgba)
        {
            using var map = new SKPixmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Unpremul), (nint)start);
            using var data = map.Encode(SKPngEncoderOptions.Default);
            return data.ToArray();
        }
    }
}
