namespace VisualSentiment.Onnx.Quantization;

/// <summary>Rounds weights, channel by channel, with the scale of least squared error.</summary>
internal static class WeightQuantizer
{
    /// <summary>
    /// The largest weight that an integer convolution is given. Processors without VNNI add two products of a byte and a
    /// weight in 16 bits that saturate: 2 * 255 * 64 fits, 2 * 255 * 127 does not.
    /// </summary>
    public const int ConvolutionLimit = 64;

    /// <summary>
    /// What the weights of two neighbours, which are added up so, come to at most: with it, one of them may be larger than
    /// <see cref="ConvolutionLimit"/> where the other is smaller, or of the other sign.
    /// </summary>
    public const int PairLimit = 2 * ConvolutionLimit;

    /// <summary>The largest weight that is turned back into a float before it is computed with.</summary>
    public const int FloatLimit = sbyte.MaxValue;

    private const int Candidates = 25, CandidatesWithPairs = 31;
    private const double CandidateStep = 0.02;

    /// <param name="weights">[C, ...], output channel by output channel.</param>
    /// <param name="channels">C.</param>
    /// <param name="limit">The largest magnitude of a byte.</param>
    /// <param name="leastScales">What a step must be worth at least, channel by channel; null where it does not matter.</param>
    /// <param name="orders">
    /// Orders in which the weights of a channel may be computed; then they go up to <see cref="FloatLimit"/> wherever all neighbours
    /// keep to <see cref="PairLimit"/>. Null where it is not known who is whose neighbour.
    /// </param>
    public static QuantizedWeights Quantize(
        ReadOnlySpan<float> weights, int channels, int limit, double[]? leastScales = null, IReadOnlyList<int[]>? orders = null)
    {
        int fanIn = weights.Length / channels;
        sbyte[] values = new sbyte[weights.Length];
        float[] scales = new float[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            var row = weights.Slice(channel * fanIn, fanIn);
            scales[channel] = (float)Math.Max(FindScale(row, limit, orders), leastScales?[channel] ?? 0);
            for (int i = 0; i < fanIn; i++)
                values[channel * fanIn + i] = (sbyte)Round(row[i], scales[channel], orders is null ? limit : FloatLimit);
        }
        return new QuantizedWeights(values, scales);
    }

    private static double FindScale(ReadOnlySpan<float> row, int limit, IReadOnlyList<int[]>? orders)
    {
        double largest = 0;
        foreach (float weight in row)
            largest = Math.Max(largest, Math.Abs(weight));
        if (!(largest > 1e-30))
            return 1;

        int most = orders is null ? limit : FloatLimit;
        double[] rounded = new double[row.Length];
        (double Error, double Scale) best = (double.PositiveInfinity, 1);
        for (int i = 0; i < (orders is null ? Candidates : CandidatesWithPairs); i++)
        {
            double scale = largest / limit * (1 - i * CandidateStep), error = 0;
            for (int k = 0; k < row.Length; k++)
            {
                rounded[k] = Round(row[k], scale, most);
                double off = row[k] - rounded[k] * scale;
                error += off * off;
            }
            if (error < best.Error && (orders is null || orders.All(order => KeepsToPairLimit(rounded, order))))
                best = (error, scale);
        }
        return best.Scale;
    }

    private static bool KeepsToPairLimit(double[] rounded, int[] order)
    {
        for (int i = 1; i < order.Length; i++)
            if (Math.Abs(rounded[order[i - 1]] + rounded[order[i]]) > PairLimit)
                return false;
        return true;
    }

    private static double Round(float weight, double scale, int limit) => Math.Clamp(Math.Round(weight / scale), -limit, limit);
}
