using Microsoft.ML.Runtime;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>An ONNX image network, unchanged, with a dense head trained on its embeddings.</summary>
internal sealed class OnnxBackboneTeacher(string path, OnnxBackboneOptions options) : TrainableTeacher
{
    private const int PicturesAtOnce = 16;

    public override string Name => $"ONNX backbone {Path.GetFileNameWithoutExtension(path)}";

    internal override IEnumerable<string> FindMistakes() =>
        [.. File.Exists(path) ? (IEnumerable<string>)[] : [$"{Name}: there is no file '{path}'"], .. options.FindMistakes(Name)];

    internal override TrainedTeacher Train(TrainingSet set, TrainingRun run)
    {
        LibTorchBackend.EnsureLoaded();
        var backbone = OnnxBackbone.Load(path, options.EmbeddingOutput, options.Normalization);
        try
        {
            float[] embeddings = Embed(backbone, set, run);
            int[] labels = [.. set.TrainingPart.Select(i => set.Labels[i])];
            double weightDecay = options.WeightDecay ?? DenseHead.ChooseWeightDecay(embeddings, labels, set.Classes.Count);
            var head = DenseHead.Fit(embeddings, labels, set.Classes.Count, weightDecay);
            run.Log.Info(MessageSensitivity.None, "a head of {0} parameters trained on {1} embeddings, weight decay {2}", head.Parameters,
                labels.Length, weightDecay);
            return new TrainedTeacher(new OnnxBackboneClassifier(backbone, head, set.Classes, set.Fit), backbone.Parameters + head.Parameters, []);
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    private static float[] Embed(OnnxBackbone backbone, TrainingSet set, TrainingRun run)
    {
        List<float> embeddings = [];
        byte[] pixels = new byte[PicturesAtOnce * PixelFormat.ByteCount];
        int done = 0;
        foreach (int[] pictures in set.TrainingPart.Chunk(PicturesAtOnce))
        {
            for (int i = 0; i < pictures.Length; i++)
                set.Pixels[pictures[i]].CopyTo(pixels.AsSpan(i * PixelFormat.ByteCount));
            embeddings.AddRange(backbone.Embed(pixels.AsSpan(0, pictures.Length * PixelFormat.ByteCount), pictures.Length));
            run.Report(TrainingStage.TrainingTeacher, done += pictures.Length, set.TrainingPart.Count);
        }
        return [.. embeddings];
    }
}
