using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// Not a competitor: trains the students of the other competitors on the photographs, with a fixed seed, writes every version of each
/// into the folder of students, and measures their accuracies on held-out images.
/// </summary>
internal sealed class StudentTraining(CompetitorSettings settings) : ICompetitor
{
    private const double HeldOut = 0.3;
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>The name of the figure with a file's accuracy (0 to 1).</summary>
    public static string AccuracyOf(string file) => $"accuracy of {file}";

    /// <summary>The name of the figure with the number of held-out images.</summary>
    public const string HeldOutImages = nameof(HeldOutImages);

    public Measurement Run()
    {
        IDataView all = _ml.Data.LoadImageFolder(settings.Photographs);
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(all);
        var split = _ml.Data.StratifiedSplit(all, HeldOut);
        ImageRow[] heldOut = [.. _ml.Data.CreateEnumerable<ImageRow>(split.TestSet, reuseRowObject: false)];
        IDataView train = keys.Transform(split.TrainSet);
        var figures = new Dictionary<string, double> { [HeldOutImages] = heldOut.Length };
        return Stopwatches.Measure(1, () =>
        {
            Train(Students.Paper, StudentFiles.Paper, train, heldOut, figures);
            Train(Students.Compact, StudentFiles.Compact, train, heldOut, figures);
            Train(Students.CompactSmall, StudentFiles.CompactSmall, train, heldOut, figures);
        }) with { Figures = figures };
    }

    public void Dispose()
    {
    }

    private void Train(Student student, string file, IDataView train, ImageRow[] heldOut, Dictionary<string, double> figures)
    {
        using SentimentTransformer trained = _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Student = student,
            Loss = DistillationLosses.HardLabels,
            Epochs = settings.Rounds,
        }).Fit(train);
        string path = Path.Combine(settings.Students, file);
        trained.SaveAsOnnx(path);
        trained.SaveAsOnnx(Path.Combine(settings.Students, StudentFiles.WithEvidence(file)), new() { EvidenceMaps = true });
        figures[AccuracyOf(file)] = Accuracy(path, heldOut);

        byte[] exported = File.ReadAllBytes(path), converted = FloatInputModel.Create(exported);
        FloatInputModel.ThrowIfDifferent(exported, converted);
        File.WriteAllBytes(Path.Combine(settings.Students, StudentFiles.FloatInput(file)), converted);

        string eightBit = StudentFiles.EightBit(file), eightBitPath = Path.Combine(settings.Students, eightBit);
        try
        {
            // The loss is measured here, so the export must not fail because of it.
            trained.SaveAsOnnx(eightBitPath, new() { Quantize = true, CalibrationData = train, MaxAccuracyLoss = 100 });
            figures[AccuracyOf(eightBit)] = Accuracy(eightBitPath, heldOut);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException)
        {
            // The other students are still measured; the report contains the reason.
            File.WriteAllText(StudentFiles.ReasonFor(eightBitPath), e.Message);
        }
    }

    private static double Accuracy(string student, ImageRow[] images)
    {
        using var detector = SentimentDetector.Load(student);
        return (double)detector.PredictMany(images.Select(image => image.ImagePath)).Zip(images)
            .Count(pair => pair.First.Prediction?.Emotion == pair.Second.Label) / images.Length;
    }
}
