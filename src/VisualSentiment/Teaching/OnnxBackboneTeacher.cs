using System.Security.Cryptography;
using Microsoft.ML.Runtime;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>An ONNX image network, unchanged, with a dense head trained on its embeddings, or on the feature maps behind them.</summary>
internal sealed class OnnxBackboneTeacher(string path, OnnxBackboneOptions options) : TrainableTeacher
{
    // What is kept between runs without a folder: a feature map is fifty times an embedding.
    private const long MapsInMemory = 64L << 20;

    public override string Name => $"ONNX backbone {Path.GetFileNameWithoutExtension(path)}{(options.RegionAttention ? " with region attention" : "")}";

    internal override IEnumerable<string> FindMistakes() =>
        [.. File.Exists(path) ? (IEnumerable<string>)[] : [$"{Name}: there is no file '{path}'"], .. options.FindMistakes(Name)];

    internal override bool HasFeatures => true;

    internal override CachedBackbone OpenFeatures(TrainingRun run, IReadOnlyCollection<int> mapSides) => OpenEmbedder(run, featureMaps: false, mapSides);

    internal override TrainedTeacher Train(TrainingSet set, TrainingRun run) => TrainOnParts(set, [set.TrainingPart], run)[0];

    internal override IReadOnlyList<TrainedTeacher> TrainOnParts(TrainingSet set, IReadOnlyList<IReadOnlyList<int>> parts, TrainingRun run)
    {
        LibTorchBackend.EnsureLoaded();
        var embedder = OpenEmbedder(run, options.RegionAttention);
        try
        {
            if (options.RegionAttention)
                return TrainRegionHeads(embedder, set, parts, run);
            var embeddings = Embed(embedder, set, [.. parts.SelectMany(part => part).Distinct().Order()], run);
            return [.. parts.Select(part => TrainHead(embedder, [.. part.SelectMany(picture => embeddings[picture])], set,
                [.. part.Select(picture => set.Labels[picture])], run))];
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

    private TrainedTeacher[] TrainRegionHeads(CachedBackbone embedder, TrainingSet set, IReadOnlyList<IReadOnlyList<int>> parts, TrainingRun run)
    {
        using var maps = new FeatureMaps(embedder.Width / embedder.Depth, embedder.Depth);
        int[] pictures = [.. parts.SelectMany(part => part).Distinct().Order()];
        embedder.EmbedAll(pictures, set.Pixels, (i, map) =>
        {
            maps.Add(pictures[i], map);
            run.Report(TrainingStage.TrainingTeacher, i + 1, pictures.Length);
        }, run.CancellationToken);
        var training = new RegionHeadTraining(maps, set.Classes.Count, run.Seed, run.CancellationToken);
        return [.. parts.Select(part =>
        {
            int[] rows = [.. part], labels = [.. part.Select(picture => set.Labels[picture])];
            double weightDecay = options.WeightDecay
                ?? DenseHead.ChooseWeightDecay([.. rows.SelectMany(maps.MeanOf)], labels, set.Classes.Count);
            double? attentionDecay = training.ChooseDecay(rows, labels, weightDecay);
            var head = training.Fit(rows, labels, weightDecay, attentionDecay);
            run.Log.Info(MessageSensitivity.None, "a head with region attention of {0} parameters trained on {1} feature maps, weight decay {2}, decay of the attention {3}",
                head.Parameters, labels.Length, weightDecay, attentionDecay is null ? "without end: the plain head is better" : attentionDecay);
            return new TrainedTeacher(new OnnxBackboneClassifier(embedder, head, set.Classes, set.Fit), embedder.Parameters + head.Parameters, []);
        })];
    }

    private CachedBackbone OpenEmbedder(TrainingRun run, bool featureMaps, IReadOnlyCollection<int>? mapSides = null)
    {
        var backbone = OnnxBackbone.Load(path, options.EmbeddingOutput, options.Normalization, featureMaps, mapSides);
        try
        {
            using FileStream file = File.OpenRead(path);
            string network = $"{Convert.ToHexStringLower(SHA256.HashData(file))} {options.EmbeddingOutput} {options.Normalization}";
            string parts = $"{(featureMaps ? " feature maps" : "")}{string.Concat(backbone.Maps.Select(map => $" {map.Name}"))}";
            return new CachedBackbone(backbone, network, parts, (fingerprint, width) => featureMaps && run.CacheFolder is null
                ? TeacherCache.InMemory(width, MapsInMemory) : TeacherCache.Open(run.CacheFolder, fingerprint, width, run.CacheLimit, run.Log));
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    private static Dictionary<int, float[]> Embed(CachedBackbone embedder, TrainingSet set, int[] pictures, TrainingRun run)
    {
        Dictionary<int, float[]> embeddings = [];
        embedder.EmbedAll(pictures, set.Pixels, (i, embedding) =>
        {
            embeddings.Add(pictures[i], [.. embedding]);
            run.Report(TrainingStage.TrainingTeacher, i + 1, pictures.Length);
        }, run.CancellationToken);
        return embeddings;
    }
}
