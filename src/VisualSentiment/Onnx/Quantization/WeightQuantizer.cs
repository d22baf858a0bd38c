namespace VisualSentiment.Onnx.Quantization;

/// <summary>Rounds weights, channel by channel, with the scale of least squared error.</summary>
internal static class WeightQuantizer
{
    /// <summary>
    /// The largest weight that an integer convolution is given. Processors without VNNI add two products of a byte and a
    /// weight in 16 bits that saturate: 2 * 255 * 64 fits, 2 * 255 * 127 does not.
    /// </summary>
    public const int ConvolutionLimit = 64;

    /// <summary>The largest weight that is turned back into a float before it is computed with.</summary>
    public const int FloatLimit = sbyte.MaxValue;

    private const int Candidates = 25;
    private const double CandidateStep = 0.02;

    /// <param name="weights">[C, ...], output channel by output channel.</param>
    /// <param name="channels">C.</param>
    /// <param name="limit">The largest magnitude of a byte.</param>
    /// <param name="leastScales">What a step must be worth at least, channel by channel; null where it does not matter.</param>
    public static QuantizedWeights Quantize(ReadOnlySpan<float> weights, int channels, int limit, double[]? leastScales = null)
    {
        int fanIn = weights.Length / channels;
        sbyte[] values = new sbyte[weights.Length];
        float[] scales = new float[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            var row = weights.Slice(channel * fanIn, fanIn);
            scales[channel] = (float)Math.Max(FindScale(row, limit), leastScales?[channel] ?? 0);
            for (int i = 0; i < fanIn; i++)
                values[channel * fanIn + i] = (sbyte)Round(row[i], scales[channel], limit);
        }
        return new QuantizedWeights(values, scales);
    }

    private static double FindScale(ReadOnlySpan<float> row, int limit)
    {
        double largest = 0;
        foreach (float weight in row)
            largest = Math.Max(largest, Math.Abs(weight));
        if (!(largest > 1e-30))
            return 1;

        (double Error, double Scale) best = (double.PositiveInfinity, 1);
        for (int i = 0; i < Candidates; i++)
        {
            double scale = largest / limit * (1 - i * CandidateStep), error = 0;
            foreach (float weight in row)
            {
                double off = weight - Round(weight, scale, limit) * scale;
                error += off * off;
            }
            if (error < best.Error)
                best = (error, scale);
        }
        return best.Scale;
    }

    private static double Round(float weight, double scale, int limit) => Math.Clamp(Math.Round(weight / scale), -limit, limit);
}
