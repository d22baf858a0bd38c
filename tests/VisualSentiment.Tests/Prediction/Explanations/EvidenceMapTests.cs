using System.Drawing;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;
using VisualSentiment.Onnx.Evidence;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Tests.Imaging;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction.Explanations;

public sealed class EvidenceMapTests : IDisposable
{
    private static readonly RectangleF Left = new(0, 0, 0.5f, 1), Right = new(0.5f, 0, 0.5f, 1);

    private static readonly string[] ModelFiles = ["plain.onnx", "with.onnx", "again.onnx", "model.zip"];

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _image = HalvesImage.Encode(SKColors.Blue, SKColors.Red);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_mood_lights_up_in_its_half()
    {
        using var detector = Load(ColorStudent.Create());

        EvidenceMap map = detector.Explain(_image);

        Assert.Equal((14, 14), (map.Width, map.Height));
        Assert.Equal(Left, map.StrongestRegion("calm"));
        Assert.Equal(Right, map.StrongestRegion("rage"));
        Assert.Equal(new RectangleF(0, 0, 1, 1), map.StrongestRegion("hope"));
        for (int cell = 0; cell < 14 * 14; cell++)
        {
            // Resizing blurs the edge between the halves.
            if (cell % 14 is 6 or 7)
                continue;
            bool left = cell % 14 < 7;
            Assert.Equal(left ? 4 : 0, map["calm"][cell], 1e-5f);
            Assert.Equal(left ? -4 / 3f : 8 / 3f, map.Contrast("rage")[cell], 1e-5f);
        }
    }

    [Fact]
    public void The_prediction_is_that_of_Predict()
    {
        using var detector = Load(ColorStudent.Create());
        byte[] image = TestImage.Encode(3);

        var expected = detector.Predict(image);
        var actual = detector.Explain(image).Prediction;

        Assert.Equal(expected.Emotion, actual.Emotion);
        Assert.All(expected.Scores, score => Assert.Equal(score.Value, actual[score.Key], 1e-5f));
    }

    [Fact]
    public void Every_way_to_give_an_image_gives_the_same_maps_and_overlay()
    {
        using var detector = Load(ColorStudent.Create());
        string path = _folder["image.png"];
        File.WriteAllBytes(path, _image);
        using var stream = File.OpenRead(path);
        MLImage image = MLImage.CreateFromFile(path);

        EvidenceMap[] maps = [detector.Explain(path), detector.Explain(_image), detector.Explain(stream), detector.Explain(image)];

        Assert.True(stream.CanRead);
        image.Dispose();
        Assert.All(maps, map => Assert.Equal(maps[0]["rage"], map["rage"]));
        Assert.All(maps, map => Assert.Equal(maps[0].ToOverlay("rage"), map.ToOverlay("rage")));
    }

    [Fact]
    public void Regions_of_a_cropped_image_are_fractions_of_the_whole_image()
    {
        using var detector = Load(ColorStudent.Create(ImageFit.CenterCrop));

        EvidenceMap wide = detector.Explain(HalvesImage.Encode(SKColors.Blue, SKColors.Red, width: 96, height: 48));
        EvidenceMap tall = detector.Explain(HalvesImage.Encode(SKColors.Blue, SKColors.Red, width: 48, height: 96));

        Assert.Equal(new RectangleF(0.25f, 0, 0.5f, 1), wide.Area);
        Assert.Equal(new RectangleF(0.25f, 0, 0.25f, 1), wide.StrongestRegion("calm"));
        Assert.Equal(new RectangleF(0.5f, 0, 0.25f, 1), wide.StrongestRegion("rage"));
        Assert.Equal(new RectangleF(0.5f, 0.25f, 0.5f, 0.5f), tall.StrongestRegion("rage"));
    }

    [Theory]
    [InlineData(1, 0.5f, 0, 0.5f, 1)]
    [InlineData(3, 0, 0, 0.5f, 1)]
    [InlineData(6, 0, 0.5f, 1, 0.5f)]
    [InlineData(8, 0, 0, 1, 0.5f)]
    public void Regions_are_those_of_the_image_as_it_is_shown(int orientation, float x, float y, float width, float height)
    {
        using var detector = Load(ColorStudent.Create());
        byte[] jpeg = TinyJpeg.WithOrientation(HalvesImage.Encode(SKColors.Blue, SKColors.Red, 96, 64, SKEncodedImageFormat.Jpeg), orientation);

        EvidenceMap map = detector.Explain(jpeg);

        Assert.Equal(new RectangleF(x, y, width, height), map.StrongestRegion("rage"));
        using SKBitmap overlay = SKBitmap.Decode(map.ToOverlay("rage"));
        Assert.Equal(orientation > 4 ? (64, 96) : (96, 64), (overlay.Width, overlay.Height));
        Assert.True(Warmth(overlay, x + width / 2, y + height / 2) > 60);
        Assert.True(Warmth(overlay, 1 - x - width / 2, orientation > 4 ? 1 - y - height / 2 : 0.5f) < 60);
    }

    [Fact]
    public void An_overlay_is_warm_where_the_evidence_is_and_gray_around_a_crop()
    {
        using var detector = Load(ColorStudent.Create(ImageFit.CenterCrop));
        EvidenceMap map = detector.Explain(HalvesImage.Encode(SKColors.DarkBlue, SKColors.DarkRed, width: 96, height: 48));

        map.SaveOverlay(_folder["rage.png"], "rage");

        using SKBitmap overlay = SKBitmap.Decode(_folder["rage.png"]);
        Assert.Equal((96, 48), (overlay.Width, overlay.Height));
        Assert.True(Warmth(overlay, 0.65f, 0.5f) > 60);
        Assert.True(Warmth(overlay, 0.95f, 0.5f) < 40);
        Assert.True(Warmth(overlay, 0.05f, 0.5f) < 40);
        Assert.Equal(["rage.png"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_large_image_gets_an_overlay_of_1600_pixels()
    {
        using var detector = Load(ColorStudent.Create());

        using SKBitmap overlay = SKBitmap.Decode(detector.Explain(HalvesImage.Encode(SKColors.Blue, SKColors.Red, 3200, 400)).ToOverlay());

        Assert.Equal((1600, 200), (overlay.Width, overlay.Height));
    }

    [Fact]
    public void A_saved_model_and_a_file_with_the_output_explain_alike_and_predict_without_it()
    {
        var ml = new MLContext();
        File.WriteAllBytes(_folder["image.png"], _image);
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = _folder["image.png"] }]);
        byte[] model = ColorStudent.Create();
        using var transformer = new SentimentTransformer(model, "ImagePath", TextDataViewType.Instance);
        transformer.SaveAsOnnx(_folder["plain.onnx"]);
        transformer.SaveAsOnnx(_folder["with.onnx"], new OnnxExportOptions { EvidenceMaps = true });
        using var reloaded = SentimentTransformer.Load(_folder["with.onnx"], data.Schema);
        ml.Model.Save(reloaded, data.Schema, _folder["model.zip"]);
        reloaded.SaveAsOnnx(_folder["again.onnx"]);

        Assert.Equal(model, File.ReadAllBytes(_folder["plain.onnx"]));
        Assert.Equal(model, File.ReadAllBytes(_folder["again.onnx"]));
        Assert.Equal(EvidenceOutput.Add(model), File.ReadAllBytes(_folder["with.onnx"]));
        // The zip is deflated, but what it holds is the plain student.
        Assert.Equal(-1, ModelFile.Read(_folder["model.zip"]).AsSpan().IndexOf("evidence"u8));
        float[][] maps = [.. ModelFiles.Select(file =>
        {
            using var detector = SentimentDetector.Load(_folder[file]);
            return detector.Explain(_folder["image.png"])["rage"].ToArray();
        })];
        Assert.All(maps, map => Assert.Equal(maps[0], map));
    }

    [Fact]
    public void Threads_share_a_detector_which_may_be_disposed_meanwhile()
    {
        var detector = Load(ColorStudent.Create());
        byte[][] images = [.. Enumerable.Range(0, 4).Select(TestImage.Encode)];
        using var alone = Load(ColorStudent.Create());
        var expected = images.Select(image => alone.Explain(image)["hope"]).ToArray();

        Parallel.For(0, 100, i =>
        {
            if (i == 80)
                detector.Dispose();
            try
            {
                Assert.Equal(expected[i % 4], detector.Explain(images[i % 4])["hope"]);
            }
            catch (ObjectDisposedException)
            {
            }
        });

        Assert.Throws<ObjectDisposedException>(() => detector.Explain(_image));
    }

    [Fact]
    public void An_unsupported_model_is_rejected_with_the_reason_and_still_predicts()
    {
        using var detector = Load(ExportedStudent.Create());

        for (int i = 0; i < 2; i++)
        {
            var error = Assert.Throws<NotSupportedException>(() => detector.Explain(_image));
            Assert.Contains("Students.Paper", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(3, detector.Predict(_image).Scores.Count);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        using var detector = Load(ColorStudent.Create());
        string path = _folder["image.png"];
        File.WriteAllBytes(path, _image);
        EvidenceMap map = detector.Explain(path);

        Assert.Contains("calm, hope, rage", Assert.Throws<ArgumentException>(() => map["envy"]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => map.Contrast("envy"));
        Assert.Throws<ArgumentException>(() => map.StrongestRegion("envy"));
        Assert.Throws<ArgumentException>(() => map.ToOverlay("envy"));
        Assert.Throws<UnreadableImageException>(() => detector.Explain("nowhere.jpg"));
        Assert.Throws<UnreadableImageException>(() => detector.Explain("no image"u8.ToArray()));
        Assert.Throws<DirectoryNotFoundException>(() => map.SaveOverlay(Path.Combine(_folder.Path, "nowhere", "overlay.png")));
        File.Delete(path);
        Assert.Equal(path, Assert.Throws<UnreadableImageException>(() => map.ToOverlay()).Image);
        Assert.Equal(14 * 14, map["calm"].Count);
    }

    private static SentimentDetector Load(byte[] model)
    {
        using var stream = new MemoryStream(model);
        return SentimentDetector.Load(stream);
    }

    /// <summary>How much more red than blue, or light, there is at a place in fractions.</summary>
    private static int Warmth(SKBitmap overlay, float x, float y)
    {
        SKColor color = overlay.GetPixel((int)(x * (overlay.Width - 1)), (int)(y * (overlay.Height - 1)));
        return color.Red - Math.Min(color.Green, color.Blue);
    }
}
