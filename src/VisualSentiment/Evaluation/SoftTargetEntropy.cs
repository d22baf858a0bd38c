namespace VisualSentiment.Evaluation;

/// <summary>
/// The mean entropy of soft targets softmax(v / T), as a share of its maximum ln C. The logarithms of the probabilities
/// serve as the logits v, from which they differ by a constant per image.
/// </summary>
internal struct SoftTargetEntropy
{
    private double _sum;
    private int _count;

    /// <summary>From 0 (one class has all the probability) to 1 (uniform); null before the first image.</summary>
    public readonly double? Mean => _count == 0 ? null : _sum / _count;

    public void Add(ReadOnlySpan<float> probabilities, double temperature)
    {
        // p^(1/T) relative to the largest, so that nothing underflows.
        double largest = System.Numerics.Tensors.TensorPrimitives.Max(probabilities);
        double total = 0, weighted = 0;
        foreach (float probability in probabilities)
        {
            if (probability <= 0)
                continue;
            double logit = Math.Log(probability / largest) / temperature;
            double weight = Math.Exp(logit);
            total += weight;
            weighted += weight * logit;
        }
        _sum += (Math.Log(total) - weighted / total) / Math.Log(probabilities.Length);
        _count++;
    }
}
