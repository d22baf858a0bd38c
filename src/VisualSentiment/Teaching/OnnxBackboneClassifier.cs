using System.Numerics.Tensors;
using VisualSentiment.Onnx;
using VisualSentiment.Scoring;

namespace VisualSentiment.Teaching;

/// <summary>An ONNX backbone with a trained head. Owns the backbone.</summary>
internal sealed class OnnxBackboneClassifier(OnnxBackbone backbone, DenseHead head, IReadOnlyList<string> classes, ImageFit fit) : PixelClassifier
{
    public override IReadOnlyList<string> Classes { get; } = classes;

    public override ImageFit Fit { get; } = fit;

    public override void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits) => head.Apply(backbone.Embed(pixels, count), logits);

    public override void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities)
    {
        Logits(pixels, count, probabilities);
        for (int i = 0; i < count; i++)
        {
            Span<float> row = probabilities.Slice(i * Classes.Count, Classes.Count);
            TensorPrimitives.SoftMax(row, row);
        }
    }

    public override void Dispose() => backbone.Dispose();
}
