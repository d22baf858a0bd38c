using System.Security.Cryptography;
using Microsoft.ML.Runtime;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>An ONNX image network, unchanged, with a dense head trained on its embeddings.</summary>
internal sealed class OnnxBackboneTeacher(string path, OnnxBackboneOptions options) : TrainableTeacher
{
    public override string Name => $"ONNX backbone {Path.GetFileNameWithoutExtension(path)}";

    internal override IEnumerable<string> FindErrors() =>
        [.. File.Exists(path) ? (IEnumerable<string>)[] : [$"{Name}: there is no file '{path}'"], .. options.FindErrors(Name)];

    internal override bool HasFeatures => true;

    internal override CachedBackbone OpenFeatures(TrainingRun run, IReadOnlyCollection<int> mapSides) => OpenEmbedder(run, mapSides);

    internal override TrainedTeacher Train(TrainingSet set, TrainingRun run) => TrainOnParts(set, [set.TrainingPart], run)[0];

    internal override IReadOnlyList<TrainedTeacher> TrainOnParts(TrainingSet set, IReadOnlyList<IReadOnlyList<int>> parts, TrainingRun run)
    {
        LibTorchBackend.EnsureLoaded();
        var embedder = OpenEmbedder(run, mapSides: []);
        try
        {
            var embeddings = Embed(embedder, set, [.. parts.SelectMany(part => part).Distinct().Order()], run);
            return [.. parts.Select(part => TrainHead(embedder, [.. part.SelectMany(image => embeddings[image])], set,
                [.. part.Select(image => set.Labels[image])], run))];
        }
        catch
        {
            embedder.Dispose();
            throw;
        }
    }

    private TrainedTeacher TrainHead(CachedBackbone embedder, float[] embeddings, TrainingSet set, int[] labels, TrainingRun run)
    {
        double weightDecay = options.WeightDecay ?? DenseHead.ChooseWeightDecay(embeddings, labels, set.Classes.Count);
        var head = DenseHead.Fit(embeddings, labels, set.Classes.Count, weightDecay);
        run.Log.Info(MessageSensitivity.None, "a head of {0} parameters trained on {1} embeddings, weight decay {2}", head.Parameters,
            labels.Length, weightDecay);
        return new TrainedTeacher(new OnnxBackboneClassifier(embedder, head, set.Classes, set.Fit), embedder.Parameters + head.Parameters, []);
    }

    private CachedBackbone OpenEmbedder(TrainingRun run, IReadOnlyCollection<int> mapSides)
    {
        var backbone = OnnxBackbone.Load(path, options.EmbeddingOutput, options.Normalization, mapSides);
        try
        {
            using FileStream file = File.OpenRead(path);
            string network = $"{Convert.ToHexStringLower(SHA256.HashData(file))} {options.EmbeddingOutput} {options.Normalization}";
            string parts = string.Concat(backbone.Maps.Select(map => $" {map.Name}"));
            return new CachedBackbone(backbone, network, parts,
                (fingerprint, width) => TeacherCache.Open(run.CacheFolder, fingerprint, width, run.CacheLimit, run.Log));
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    private static Dictionary<int, float[]> Embed(CachedBackbone embedder, TrainingSet set, int[] images, TrainingRun run)
    {
        Dictionary<int, float[]> embeddings = [];
        embedder.EmbedAll(images, set.Pixels, (i, embedding) =>
        {
            embeddings.Add(images[i], [.. embedding]);
            run.Report(TrainingStage.TrainingTeacher, i + 1, images.Length);
        }, run.CancellationToken);
        return embeddings;
    }
}
