using System.Text;
using Microsoft.ML;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Tests.Imaging;

namespace VisualSentiment.Benchmarks.Load;

/// <summary>An image to upload.</summary>
/// <param name="Bytes">The content of the file.</param>
/// <param name="Scores">The probabilities by each model; empty if the image cannot be read.</param>
internal sealed record LoadImage(byte[] Bytes, IReadOnlyList<float[]> Scores);

/// <summary>Two models with the same classes, and images with known answers; 5 % of the images are hostile.</summary>
internal sealed class LoadImages
{
    private const int Photographs = 190, Hostile = 10, MaxHostileBytes = 1 << 20, TrainingImages = 40;

    private LoadImages(byte[][] models, LoadImage[] all) => (Models, All) = (models, all);

    public byte[][] Models { get; }

    public LoadImage[] All { get; }

    /// <summary>The limits of the sample WebDetector.</summary>
    public static DetectorOptions Options { get; } =
        new() { Limits = new ImageLimits { MaxFileBytes = 10 << 20, MaxPixels = 50_000_000 } };

    public static LoadImages Create(string? data, string folder, CancellationToken cancellation)
    {
        string photographs = Directory.CreateDirectory(Path.Combine(folder, "photographs")).FullName;
        PhotographFolder.Create(data, photographs, Photographs, cancellation);
        string[] paths = ImageList.Find(photographs);
        byte[][] models = [Train(paths, seed: 1), Train(paths, seed: 2)];
        using var first = SentimentDetector.Load(models[0], Options);
        using var second = SentimentDetector.Load(models[1], Options);
        float[] Scores(SentimentDetector detector, byte[] image) => [.. detector.Predict(image).Scores.Values];
        LoadImage[] images = [.. paths.Select(File.ReadAllBytes)
            .Select(bytes => new LoadImage(bytes, [Scores(first, bytes), Scores(second, bytes)]))];
        byte[][] hostile = [Encoding.ASCII.GetBytes("This is not an image."), images[0].Bytes[..2000],
            .. HostileImages.Refused.Select(image => image.Create()).Where(bytes => bytes.Length < MaxHostileBytes)];
        return new(models, [.. images, .. hostile.Take(Hostile).Select(bytes => new LoadImage(bytes, []))]);
    }

    private static byte[] Train(string[] photographs, int seed)
    {
        var ml = new MLContext(seed);
        IDataView rows = ml.Data.LoadFromEnumerable(photographs.Take(TrainingImages)
            .Select((path, i) => new ImageRow { ImagePath = path, Label = $"class {i % 4}" }));
        using SentimentTransformer student = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Student = Students.Compact, Loss = DistillationLosses.HardLabels, Epochs = 1,
        }).Fit(ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows));
        using var model = new MemoryStream();
        student.SaveAsOnnx(model);
        return model.ToArray();
    }
}
