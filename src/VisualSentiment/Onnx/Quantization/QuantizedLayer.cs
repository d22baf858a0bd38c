namespace VisualSentiment.Onnx.Quantization;

/// <summary>A convolution's weights and bias as integers.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Bias">The bias, for each output channel; one step is worth the input's scale times that of the weights.</param>
internal sealed record QuantizedLayer(QuantizedWeights Weights, int[] Bias)
{
    private const double MostBiasSteps = 1 << 30;

    /// <param name="weights">[O, ...].</param>
    /// <param name="bias">For each output channel.</param>
    /// <param name="inputScale">What one step of the input is worth.</param>
    /// <param name="inputMean">
    /// The mean of the input that a weight is multiplied by, given the output channel and which of its weights it is. What
    /// rounding the weights adds to an output on average is taken off its bias again (Nagel et al. 2019, Data-Free
    /// Quantization Through Weight Equalization and Bias Correction, section 4.2).
    /// </param>
    /// <param name="orders">Orders in which the weights of an output may be computed; null where they are not known.</param>
    public static QuantizedLayer Create(
        float[] weights, float[] bias, float inputScale, Func<int, int, double> inputMean, IReadOnlyList<int[]>? orders = null)
    {
        int outputs = bias.Length, fanIn = weights.Length / outputs;
        var quantized = WeightQuantizer.Quantize(weights, outputs, WeightQuantizer.ConvolutionLimit,
            [.. bias.Select(b => Math.Abs(b) / (MostBiasSteps * inputScale))], orders);
        int[] steps = new int[outputs];
        for (int o = 0; o < outputs; o++)
        {
            double shift = 0;
            for (int i = 0; i < fanIn; i++)
                shift += (quantized[o * fanIn + i] - weights[o * fanIn + i]) * inputMean(o, i);
            steps[o] = (int)Math.Clamp(Math.Round((bias[o] - shift) / (inputScale * quantized.Scales[o])), -MostBiasSteps, MostBiasSteps);
        }
        return new QuantizedLayer(quantized, steps);
    }

    /// <summary>A convolution in groups.</summary>
    /// <param name="weights">[O, I / groups, H, W].</param>
    /// <param name="bias">For each output channel.</param>
    /// <param name="groups">Into how many parts the channels are divided.</param>
    /// <param name="inputScale">What one step of the input is worth.</param>
    /// <param name="inputMeans">The mean of each input channel.</param>
    public static QuantizedLayer Create(float[] weights, float[] bias, int groups, float inputScale, double[] inputMeans)
    {
        int inputs = inputMeans.Length / groups, positions = weights.Length / bias.Length / inputs, outputs = bias.Length / groups;
        return Create(weights, bias, inputScale, (o, i) => inputMeans[o / outputs * inputs + i / positions],
            groups == 1 ? BothOrders(inputs, positions) : null);
    }

    /// <summary>Weights [rows, columns] row by row and column by column: channels first or last.</summary>
    public static IReadOnlyList<int[]> BothOrders(int rows, int columns) =>
    [
        [.. Enumerable.Range(0, rows * columns)],
        [.. Enumerable.Range(0, rows * columns).Select(i => i % rows * columns + i / rows)],
    ];

    /// <summary>The scales of the weights and the bias, so many times over.</summary>
    public QuantizedLayer Repeat(int times)
    {
        T[] Again<T>(T[] values) => [.. Enumerable.Repeat(values, times).SelectMany(copy => copy)];
        return new QuantizedLayer(Weights with { Scales = Again(Weights.Scales) }, Again(Bias));
    }
}
