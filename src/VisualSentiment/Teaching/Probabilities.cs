using System.Numerics.Tensors;

namespace VisualSentiment.Teaching;

/// <summary>Between probabilities and logits.</summary>
internal static class Probabilities
{
    // Far below what any teacher means, and its logarithm is still a number.
    private const float Least = 1e-12f;

    /// <summary>Replaces probabilities by logits that have them as their softmax.</summary>
    public static void ToLogits(Span<float> values)
    {
        TensorPrimitives.Max(values, Least, values);
        TensorPrimitives.Log(values, values);
    }

    /// <summary>Replaces each row of logits by its softmax.</summary>
    public static void FromLogits(Span<float> values, int classes)
    {
        for (int from = 0; from < values.Length; from += classes)
        {
            // The largest becomes 0, so that no exponential overflows.
            Span<float> row = values.Slice(from, classes);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.SoftMax(row, row);
        }
    }
}
