namespace VisualSentiment.Quantization;

/// <summary>A convolution's weights and bias as integers.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Bias">The bias per output channel; its scale is the product of those of the input and the weights.</param>
internal sealed record QuantizedLayer(QuantizedWeights Weights, int[] Bias)
{
    private const double MaxBiasSteps = 1 << 30;

    /// <summary>Quantizes a convolution.</summary>
    /// <param name="weights">[O, I / groups, H, W].</param>
    /// <param name="bias">The bias per output channel.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="inputScale">The scale of the input.</param>
    /// <param name="inputMeans">
    /// The mean of each input channel. The mean error of an output from rounding the weights is subtracted from its
    /// bias (Nagel et al. 2019, Data-Free Quantization Through Weight Equalization and Bias Correction, section 4.2).
    /// </param>
    public static QuantizedLayer Create(float[] weights, float[] bias, int groups, float inputScale, double[] inputMeans)
    {
        int inputs = inputMeans.Length / groups, fanIn = weights.Length / bias.Length;
        int positions = fanIn / inputs, outputs = bias.Length / groups;
        var quantized = WeightQuantizer.Quantize(weights, bias.Length, WeightQuantizer.ConvolutionLimit,
            [.. bias.Select(b => Math.Abs(b) / (MaxBiasSteps * inputScale))]);
        int[] steps = new int[bias.Length];
        for (int o = 0; o < steps.Length; o++)
        {
            double shift = 0;
            for (int i = o * fanIn; i < (o + 1) * fanIn; i++)
                shift += (quantized[i] - weights[i]) * inputMeans[o / outputs * inputs + i % fanIn / positions];
            steps[o] = (int)Math.Clamp(Math.Round((bias[o] - shift) / (inputScale * quantized.Scales[o])), -MaxBiasSteps, MaxBiasSteps);
        }
        return new QuantizedLayer(quantized, steps);
    }
}
