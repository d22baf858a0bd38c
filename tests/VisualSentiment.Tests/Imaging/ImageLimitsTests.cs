using Microsoft.ML;
using VisualSentiment.Imaging;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Imaging.TestImages;

namespace VisualSentiment.Tests.Imaging;

[Collection<ProcessState>]
public sealed class ImageLimitsTests : IDisposable
{
    public void Dispose() => ImageLimits.Default = new();

    [Fact]
    public void Defaults()
    {
        Assert.Equal(268_435_456, ImageLimits.Default.MaxMemoryBytes);
        Assert.Equal(134_217_728, ImageLimits.Default.MaxFileBytes);
        Assert.Equal(200_000_000, ImageLimits.Default.MaxPixels);
        Assert.Equal(64, ImageLimits.Default.MaxJpegScans);
    }

    [Fact]
    public void Invalid_limits_are_listed_in_one_message()
    {
        ImageLimits wrong = new() { MaxMemoryBytes = 5, MaxFileBytes = 0, MaxPixels = -1, MaxJpegScans = 100 };

        var e = Assert.Throws<ArgumentException>(() => ImageLimits.Default = wrong);

        Assert.Equal(string.Join(Environment.NewLine, "The options have 4 errors:",
            "  - MaxMemoryBytes is 5; it must be from 1048576 to 2147483647",
            "  - MaxFileBytes is 0; it must be from 1 to 2147483647", "  - MaxPixels is -1; it must be from 1 to 536870911",
            "  - MaxJpegScans is 100; it must be from 1 to 99 (Parameter 'value')"), e.Message);
        Assert.Throws<ArgumentNullException>(() => ImageLimits.Default = null!);
        Assert.Equal(new ImageLimits(), ImageLimits.Default);
    }

    [Fact]
    public void Every_way_to_read_an_image_keeps_to_them()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["student.onnx"], ExportedStudent.Create());
        byte[] encoded = Gradient(100, 60);
        string path = folder["images/awe/a.png"];
        File.WriteAllBytes(path, encoded);
        using var detector = SentimentDetector.Load(folder["student.onnx"]);
        ImageLimits.Default = new() { MaxPixels = 5999 };
        const string Reason = "it has 100 x 60 pixels; at most 5,999 are allowed (ImageLimits.MaxPixels)";

        void Refuses(Action read) => Assert.Equal(Reason, Assert.Throws<UnreadableImageException>(read).Reason);
        Refuses(() => detector.Predict(path));
        Refuses(() => detector.Predict(encoded));
        Refuses(() => detector.Predict(new MemoryStream(encoded)));
        Refuses(() => detector.Explain(path));
        Refuses(() => detector.Explain(encoded));
        Refuses(() => detector.Explain(new MemoryStream(encoded)));
        var result = Assert.Single(detector.PredictMany([path], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(Reason, result.Error!.Reason);
        foreach (var verification in (ImageVerification[])[ImageVerification.Header, ImageVerification.Full])
        {
            var e = Assert.Throws<InvalidImageFolderException>(
                () => new MLContext().Data.LoadImageFolder(folder["images"], new() { Verify = verification }));
            Assert.Contains($"awe/a.png: {Reason}", e.Message, StringComparison.Ordinal);
        }

        ImageLimits.Default = new() { MaxPixels = 6000 };
        detector.Predict(path);
    }

    [Fact]
    public void A_file_or_stream_with_too_many_bytes_is_rejected()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["student.onnx"], ExportedStudent.Create());
        byte[] encoded = Gradient(300, 300);
        File.WriteAllBytes(folder["a.png"], encoded);
        using var detector = SentimentDetector.Load(folder["student.onnx"]);
        ImageLimits.Default = new() { MaxFileBytes = encoded.Length - 1 };

        string length = FormattableString.Invariant($"{encoded.Length:N0}"), max = FormattableString.Invariant($"{encoded.Length - 1:N0}");
        void Refuses(string has, Action read) => Assert.Equal($"it has {has} bytes; at most {max} are allowed (ImageLimits.MaxFileBytes)",
            Assert.Throws<UnreadableImageException>(read).Reason);
        Refuses(length, () => detector.Predict(folder["a.png"]));
        Refuses(length, () => detector.Predict(encoded));
        Refuses(length, () => detector.Explain(new MemoryStream(encoded)));
        Refuses("more", () => detector.Predict(new UnseekableStream(encoded)));
        Refuses("more", () => detector.Explain(new UnseekableStream(encoded)));

        ImageLimits.Default = new() { MaxFileBytes = encoded.Length };
        detector.Predict(new UnseekableStream(encoded));
    }

    [Theory]
    [InlineData(12240, 16320, false)]
    [InlineData(8000, 10000, true)]
    public void Photographs_of_every_phone_pass(int height, int width, bool isProgressive)
    {
        // With half as many samples of each color as of lightness, in each direction.
        byte[] header = [0xFF, 0xD8, 0xFF, (byte)(isProgressive ? 0xC2 : 0xC0), 0, 17, 8, (byte)(height >> 8), (byte)height,
            (byte)(width >> 8), (byte)width, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
        var structure = JpegStructure.Read(header);

        Assert.Equal(isProgressive, structure.HoldsCoefficients);
        Assert.InRange(structure.CoefficientBytes, 3L * width * height, 3.01 * width * height);
        long encodedBytes = isProgressive ? 8_000_000 : 100_000_000, sampleBytes = 4L * width * height / 64;
        DecodingCost.Of(header, ImageLimits.Default)
            .Validate(width, height, sampleBytes, encodedBytes, ImageLimits.Default, "photograph");
    }

    [Fact]
    public void A_large_baseline_JPEG_is_decoded_at_a_fraction_of_its_size()
    {
        using var image = DecodedImage.Decode(HostileJpeg.Baseline(14142, HostileJpeg.Rgb, whole: true), "large", PixelFormat.Height);

        Assert.Equal(1768, image.View.Width);
    }

    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
