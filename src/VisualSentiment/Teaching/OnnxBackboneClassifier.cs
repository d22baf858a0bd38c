using VisualSentiment.Distillation.Losses;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Teaching;

/// <summary>An ONNX backbone with a trained head. Several heads may share a backbone; the first to be disposed frees it.</summary>
internal sealed class OnnxBackboneClassifier(CachedBackbone backbone, DenseHead head, IReadOnlyList<string> classes, ImageFit fit) : PixelClassifier
{
    public override IReadOnlyList<string> Classes { get; } = classes;

    public override ImageFit Fit { get; } = fit;

    public override bool IsConcurrent => true;

    /// <summary>
    /// The same head on the embeddings of another backbone that includes them; this classifier where that does not. It lives as long as
    /// both, and frees neither.
    /// </summary>
    public OnnxBackboneClassifier On(CachedBackbone features) => features.Includes(backbone) ? new(features, head, Classes, Fit) : this;

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

    public override void Dispose() => backbone.Dispose();
}
