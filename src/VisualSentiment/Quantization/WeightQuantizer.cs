namespace VisualSentiment.Quantization;

/// <summary>Weights as signed bytes, symmetric around zero, with one scale per output channel.</summary>
/// <param name="Values">The bytes, in the order of the weights.</param>
/// <param name="Scales">The scale per output channel.</param>
internal sealed record QuantizedWeights(sbyte[] Values, float[] Scales)
{
    public double this[int index] => Values[index] * (double)Scales[index / (Values.Length / Scales.Length)];
}

/// <summary>Quantizes weights per channel with the scale of the least squared error.</summary>
internal static class WeightQuantizer
{
    /// <summary>
    /// The maximum magnitude of a weight of an integer convolution. Processors without VNNI add two products of a byte
    /// and a weight in 16 bits that saturate: 2 * 255 * 64 fits, 2 * 255 * 127 does not.
    /// </summary>
    public const int ConvolutionLimit = 64;

    /// <summary>The maximum magnitude of a weight that is dequantized before computation.</summary>
    public const int FloatLimit = sbyte.MaxValue;

    private const int Candidates = 25;
    private const double CandidateStep = 0.02;

    /// <param name="weights">[C, ...], output channel by output channel.</param>
    /// <param name="channels">C.</param>
    /// <param name="limit">The maximum magnitude of a byte.</param>
    /// <param name="minScales">The minimum scale per channel; null for no minimum.</param>
    public static QuantizedWeights Quantize(
        ReadOnlySpan<float> weights, int channels, int limit, double[]? minScales = null)
    {
        int fanIn = weights.Length / channels;
        sbyte[] values = new sbyte[weights.Length];
        float[] scales = new float[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            var row = weights.Slice(channel * fanIn, fanIn);
            scales[channel] = (float)Math.Max(FindScale(row, limit), minScales?[channel] ?? 0);
            for (int i = 0; i < fanIn; i++)
                values[channel * fanIn + i] = (sbyte)Round(row[i], scales[channel], limit);
        }
        return new QuantizedWeights(values, scales);
    }

    private static double FindScale(ReadOnlySpan<float> row, int limit)
    {
        double max = 0;
        foreach (float weight in row)
            max = Math.Max(max, Math.Abs(weight));
        if (!(max > 1e-30))
            return 1;

        (double Error, double Scale) best = (double.PositiveInfinity, 1);
        for (int i = 0; i < Candidates; i++)
        {
            double scale = max / limit * (1 - i * CandidateStep), error = 0;
            foreach (float weight in row)
            {
                double difference = weight - Round(weight, scale, limit) * scale;
                error += difference * difference;
            }
            if (error < best.Error)
                best = (error, scale);
        }
        return best.Scale;
    }

    private static double Round(float weight, double scale, int limit) =>
        Math.Clamp(Math.Round(weight / scale), -limit, limit);
}
