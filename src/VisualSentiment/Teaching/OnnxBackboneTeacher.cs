using System.Globalization;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;

namespace VisualSentiment.Teaching;

/// <summary>
/// One or several frozen ONNX image networks with a dense head that is trained on their concatenated embeddings.
/// </summary>
internal sealed class OnnxBackboneTeacher(string name, IReadOnlyList<BackboneFile> files, OnnxBackboneOptions options)
    : TrainableTeacher
{
    public override string Name => name;

    public IReadOnlyList<BackboneFile> Files => files;

    internal override IEnumerable<string> FindErrors()
    {
        foreach (BackboneFile file in files)
        {
            if (!File.Exists(file.Path))
                yield return $"{name}: there is no file '{file.Path}'{(file.Package is null ? "" : $"; it is in the package "
                    + $"{file.Package}, run: dotnet add package {file.Package}")}";
            if (file.MeanImage is not null && !File.Exists(file.MeanImage))
                yield return $"{name}: there is no file '{file.MeanImage}'";
            foreach (string error in file.Normalization.FindErrors($"{name}: the normalization"))
                yield return error;
        }
        foreach (string error in options.FindErrors(name))
            yield return error;
    }

    internal override string Description
    {
        get
        {
            string decay = options.WeightDecay?.ToString(CultureInfo.InvariantCulture) ?? "by cross-validation";
            return $"{name} ({string.Join(" + ", files.Select(Identify))}, weight decay {decay})";
        }
    }

    internal override bool HasFeatures => true;

    internal override TrainedTeacher Train(TrainingSet set, TrainingRun run) =>
        TrainOnParts(set, [set.TrainingPart], run)[0];

    internal override IReadOnlyList<TrainedTeacher> TrainOnParts(
        TrainingSet set, IReadOnlyList<IReadOnlyList<int>> parts, TrainingRun run)
    {
        LibTorchBackend.EnsureLoaded();
        var backbone = OpenFeatures(run, mapSides: []);
        try
        {
            int[] images = [.. parts.Append(set.ValidationPart).SelectMany(part => part).Distinct().Order()];
            var embeddings = Embed(backbone, set, images, run);
            return [.. parts.Select(part => TrainHead(backbone, embeddings, set, part, run))];
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    private TrainedTeacher TrainHead(CachedBackbone backbone, Dictionary<int, float[]> embeddings, TrainingSet set,
        IReadOnlyList<int> part, TrainingRun run)
    {
        float[] trained = [.. part.SelectMany(image => embeddings[image])];
        int[] labels = [.. part.Select(image => set.Labels[image])];
        double weightDecay = options.WeightDecay
            ?? DenseHead.ChooseWeightDecay(trained, labels, set.Classes.Count, run.CancellationToken);
        var head = DenseHead.Fit(trained, labels, set.Classes.Count, weightDecay, run.CancellationToken);
        run.Log.Info(MessageSensitivity.None, "a head of {0} parameters trained on {1} embeddings, weight decay {2}",
            head.Parameters, labels.Length, weightDecay);
        // A head has no epochs, and so no history with this accuracy.
        if (set.ValidationPart.Count > 0)
            run.Log.Info(MessageSensitivity.None, "{0} of {1} validation images are predicted correctly",
                set.ValidationPart.Count(image => head.Predict(embeddings[image]) == set.Labels[image]),
                set.ValidationPart.Count);
        return new TrainedTeacher(new OnnxBackboneClassifier(backbone, head, set.Classes, set.Fit),
            backbone.Parameters + head.Parameters, []);
    }

    internal override CachedBackbone OpenFeatures(TrainingRun run, IReadOnlyCollection<int> mapSides)
    {
        List<BackbonePart> parts = [];
        try
        {
            foreach (BackboneFile file in files)
            {
                // The first network's maps are enough: a student has one map of each size.
                var backbone = OnnxBackbone.Load(file, parts.Count == 0 ? mapSides : []);
                parts.Add(BackbonePart.Open(backbone, Identify(file), run));
            }
            return new CachedBackbone(parts);
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    private static string Identify(BackboneFile file) => $"{HashOf(file.Path)} {file.EmbeddingOutput} "
        + (file.MeanImage is null ? $"{file.Normalization}" : $"less {HashOf(file.MeanImage)}");

    private static Dictionary<int, float[]> Embed(
        CachedBackbone backbone, TrainingSet set, int[] images, TrainingRun run)
    {
        Dictionary<int, float[]> embeddings = [];
        backbone.EmbedAll(images, new TrainingViews(set.Pixels, null, 0), (i, embedding) =>
        {
            embeddings.Add(images[i], [.. embedding]);
            run.Report(TrainingStage.TrainingTeacher, i + 1, images.Length);
        }, run.CancellationToken);
        return embeddings;
    }
}

/// <summary>
/// A backbone with a trained head. Several heads may share a backbone; the first disposal releases it.
/// </summary>
internal sealed class OnnxBackboneClassifier(
    CachedBackbone backbone, DenseHead head, IReadOnlyList<string> classes, ImageFit fit) : PixelClassifier
{
    private const float Tolerance = 1e-4f;

    public override IReadOnlyList<string> Classes { get; } = classes;

    public override ImageFit Fit { get; } = fit;

    public override bool IsConcurrent => true;

    /// <summary>
    /// Returns the head on a backbone that has the same embedding, or this classifier if it has not. The caller must
    /// not dispose the result.
    /// </summary>
    public OnnxBackboneClassifier On(CachedBackbone features) =>
        features.Includes(backbone) ? new(features, head, Classes, Fit) : this;

    public override void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits)
    {
        float[] embedding = new float[backbone.Width];
        for (int i = 0; i < count; i++)
        {
            backbone.Embed(pixels.Slice(i * PixelFormat.ByteCount, PixelFormat.ByteCount), embedding);
            head.Apply(embedding.AsSpan(0, backbone.EmbeddingWidth), logits.Slice(i * Classes.Count, Classes.Count));
        }
    }

    public override void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities)
    {
        Logits(pixels, count, probabilities);
        Probabilities.FromLogits(probabilities, Classes.Count);
    }

    /// <summary>Creates an ONNX model of backbone and head.</summary>
    /// <param name="teacher">The name of the teacher, for the metadata.</param>
    /// <exception cref="NotSupportedException">A backbone cannot be exported.</exception>
    /// <exception cref="InvalidOperationException">The model differs from the trained teacher.</exception>
    public byte[] Export(string teacher)
    {
        byte[] model = BackboneExporter.Export(backbone.Files, head.Weights, head.Bias, new OnnxModelInfo
        {
            Classes = Classes,
            Fit = Fit,
            // Each backbone has its own.
            Normalization = new PixelNormalization([], []),
            Metrics = new Dictionary<string, string> { ["teacher"] = teacher },
        });
        ThrowIfDifferent(model);
        return model;
    }

    public override void Dispose() => backbone.Dispose();

    // The files are read again, and an operator may mix the images of a batch.
    private void ThrowIfDifferent(byte[] model)
    {
        const int images = 2;
        byte[] pixels = new byte[images * PixelFormat.ByteCount];
        new Random(1).NextBytes(pixels);
        float[] trained = new float[images * Classes.Count], exported = new float[trained.Length];
        Score(pixels, images, trained);
        using (var classifier = new OnnxClassifier(model, "teacher"))
            classifier.Score(pixels, images, exported);
        float difference = trained.Zip(exported, (a, b) => MathF.Abs(a - b)).Max();
        if (!(difference <= Tolerance))
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"The exported teacher differs from the trained teacher by {difference:g3} in a probability; "
                + $"{Tolerance:g1} is allowed. If "
                + $"{string.Join(" or ", backbone.Files.Select(file => file.Path))} was changed "
                + $"after training, train again; otherwise, the teacher cannot be saved."));
    }
}
