using System.Drawing;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Prediction.Explanations;

/// <summary>Evidence maps of photographs show the regions that the prediction depends on.</summary>
public sealed class DeletionTests : IDisposable
{
    private const int ImagesOfClass = 36;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Deleting_the_strongest_region_lowers_the_score_more_than_deleting_another()
    {
        string photographs = SharedFolder.Require("data/emotion6");
        var ml = new MLContext(seed: 5);
        string[] files = [.. Directory.GetDirectories(photographs).Order(StringComparer.Ordinal)
            .SelectMany(folder => Directory.GetFiles(folder, "*.jpg").Order(StringComparer.Ordinal).Take(ImagesOfClass))];
        var rows = ml.Data.LoadFromEnumerable(files.Select(file => new LabeledRow { ImagePath = file, Label = Path.GetFileName(Path.GetDirectoryName(file)!) }));
        var data = DrawnImages.MapLabels(ml).Fit(rows).Transform(rows);
        using SentimentTransformer student = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Student = Students.Custom("local", classes => Sequential(Conv2d(3, 16, kernel_size: 8, stride: 8), ReLU(), Conv2d(16, 32, kernel_size: 3, padding: 1), ReLU(),
                AdaptiveAvgPool2d(1), Flatten(), Linear(32, classes))),
            Loss = DistillationLosses.HardLabels,
            Epochs = 6,
            LearningRate = 3e-3,
        }).Fit(data);
        student.SaveAsOnnx(_folder["student.onnx"]);
        using var detector = SentimentDetector.Load(_folder["student.onnx"]);

        var random = new Random(1);
        double[] differences = [.. files.Select(file => Difference(detector, file, random))];

        double mean = differences.Average();
        double error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1) / differences.Length);
        Assert.True(differences.Length >= 200);
        Assert.True(mean > 5 * error, $"The mean difference is {mean:0.0000}, with a standard error of {error:0.0000}.");
    }

    /// <summary>How much more the predicted probability drops without the strongest region than without another region of the same size.</summary>
    private static double Difference(SentimentDetector detector, string file, Random random)
    {
        using SKBitmap image = SKBitmap.Decode(file);
        EvidenceMap map = detector.Explain(file);
        string emotion = map.Prediction.Emotion;
        RectangleF strongest = map.StrongestRegion();
        var other = new RectangleF(random.NextSingle() * (1 - strongest.Width), random.NextSingle() * (1 - strongest.Height), strongest.Width, strongest.Height);
        SKColor mean = Mean(image);
        return Score(detector, image, other, mean, emotion) - Score(detector, image, strongest, mean, emotion);
    }

    private static float Score(SentimentDetector detector, SKBitmap image, RectangleF deleted, SKColor color, string emotion)
    {
        using SKBitmap copy = image.Copy(SKColorType.Rgba8888);
        using (var canvas = new SKCanvas(copy))
        using (var paint = new SKPaint { Color = color })
            canvas.DrawRect(deleted.X * copy.Width, deleted.Y * copy.Height, deleted.Width * copy.Width, deleted.Height * copy.Height, paint);
        using MLImage changed = MLImage.CreateFromPixels(copy.Width, copy.Height, MLPixelFormat.Rgba32, copy.GetPixelSpan());
        return detector.Predict(changed)[emotion];
    }

    private static SKColor Mean(SKBitmap image)
    {
        using SKBitmap pixel = image.Resize(new SKImageInfo(1, 1), SKFilterQuality.High);
        return pixel.GetPixel(0, 0);
    }

    private sealed class LabeledRow
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
