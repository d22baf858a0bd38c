using System.Numerics.Tensors;

namespace VisualSentiment.Teaching;

/// <summary>Converts between probabilities and logits.</summary>
internal static class Probabilities
{
    // Far below any meaningful probability, with a finite logarithm.
    private const float Min = 1e-12f;

    /// <summary>Replaces probabilities with logits whose softmax they are.</summary>
    public static void ToLogits(Span<float> values)
    {
        TensorPrimitives.Max(values, Min, values);
        TensorPrimitives.Log(values, values);
    }

    /// <summary>Replaces each row of logits with its softmax.</summary>
    public static void FromLogits(Span<float> values, int classes)
    {
        for (int from = 0; from < values.Length; from += classes)
        {
            // Prevents an overflow of the exponential.
            Span<float> row = values.Slice(from, classes);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.SoftMax(row, row);
        }
    }
}
