namespace VisualSentiment.Evaluation;

/// <summary>
/// How flat soft targets are: the mean entropy of softmax(v / T) as a share of its maximum, ln C. The logits v are taken from
/// probabilities as their logarithms, which softmax cannot tell from the logits themselves.
/// </summary>
internal struct SoftTargetEntropy
{
    private double _sum;
    private int _count;

    /// <summary>0: one class has it all; 1: all have the same; null before the first.</summary>
    public readonly double? Mean => _count == 0 ? null : _sum / _count;

    public void Add(ReadOnlySpan<float> probabilities, double temperature)
    {
        // p^(1/T), each relative to the largest, so that nothing underflows.
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
