using System.Numerics.Tensors;

namespace VisualSentiment.Teaching;

/// <summary>
/// A dense layer on a feature map whose positions are weighed by a map that all classes share: s = softmax over positions of
/// a . x_p, feature = (mean of x_p + sum of s_p x_p) / 2, logits = weights [C, D] x feature + bias. Where the attention a is
/// zero, this is the plain head.
/// </summary>
internal sealed class RegionHead(float[] attention, float[] weights, float[] bias) : IEmbeddingHead
{
    public long Parameters => attention.Length + weights.Length + bias.Length;

    public ReadOnlySpan<float> Attention => attention;

    /// <summary>Logits [N, C] of feature maps [N, P, D].</summary>
    public void Apply(ReadOnlySpan<float> embeddings, Span<float> logits)
    {
        int depth = attention.Length, classes = bias.Length, pictures = logits.Length / classes, size = embeddings.Length / pictures;
        for (int i = 0; i < pictures; i++)
        {
            float[] feature = Attend(embeddings.Slice(i * size, size));
            for (int c = 0; c < classes; c++)
                logits[i * classes + c] = bias[c] + TensorPrimitives.Dot<float>(feature, weights.AsSpan(c * depth, depth));
        }
    }

    /// <summary>The share [P] of each position in the attended part of the feature; adds up to one.</summary>
    public float[] Shares(ReadOnlySpan<float> map)
    {
        float[] shares = new float[map.Length / attention.Length];
        for (int position = 0; position < shares.Length; position++)
            shares[position] = TensorPrimitives.Dot(map.Slice(position * attention.Length, attention.Length), attention);
        Probabilities.FromLogits(shares, shares.Length);
        return shares;
    }

    /// <summary>The mean [D] of a map [P, D] over positions.</summary>
    public static float[] Mean(ReadOnlySpan<float> map, int depth)
    {
        float[] mean = new float[depth];
        for (int from = 0; from < map.Length; from += depth)
            TensorPrimitives.Add(mean, map.Slice(from, depth), mean);
        TensorPrimitives.Divide(mean, map.Length / depth, mean);
        return mean;
    }

    private float[] Attend(ReadOnlySpan<float> map)
    {
        int depth = attention.Length;
        float[] feature = Mean(map, depth), shares = Shares(map);
        for (int position = 0; position < shares.Length; position++)
            TensorPrimitives.MultiplyAdd(map.Slice(position * depth, depth), shares[position], feature, feature);
        TensorPrimitives.Divide(feature, 2, feature);
        return feature;
    }
}
