using System.Numerics.Tensors;
using VisualSentiment.Distillation.Losses;
using VisualSentiment.Inference;

namespace VisualSentiment.Teaching;

/// <summary>
/// Several classifiers as one, which averages their probabilities rather than their logits: a member that is sure of itself
/// does not outvote the others by the scale of its logits. Owns its members.
/// </summary>
internal sealed class AveragingClassifier(IReadOnlyList<PixelClassifier> members) : PixelClassifier
{
    public override IReadOnlyList<string> Classes => members[0].Classes;

    public override ImageFit Fit => members[0].Fit;

    public override bool IsConcurrent => members.All(member => member.IsConcurrent);

    public override void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities)
    {
        float[] one = new float[probabilities.Length];
        probabilities.Clear();
        foreach (PixelClassifier member in members)
        {
            member.Score(pixels, count, one);
            TensorPrimitives.MultiplyAdd(one, 1f / members.Count, probabilities, probabilities);
        }
    }

    public override void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits)
    {
        Score(pixels, count, logits);
        Probabilities.ToLogits(logits);
    }

    public override void Dispose()
    {
        foreach (PixelClassifier member in members)
            member.Dispose();
    }
}
