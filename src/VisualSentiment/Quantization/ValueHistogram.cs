using System.Numerics.Tensors;

namespace VisualSentiment.Quantization;

/// <summary>
/// A histogram of values. The number of bins is fixed and their width is 2^k; if a value is outside, k grows and
/// neighboring bins are merged. The result does not depend on the order of the values.
/// </summary>
internal sealed class ValueHistogram
{
    private const int HalfBins = 2048;
    private const int MinExponent = -60;
    private const int Steps = byte.MaxValue;
    private const int Candidates = 32;

    private readonly long[] _counts = new long[2 * HalfBins];
    private int _exponent = MinExponent;

    private double BinWidth => Math.ScaleB(1, _exponent);

    public void Add(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
            return;
        GrowTo(MathF.Abs(TensorPrimitives.MaxMagnitude(values)));
        float inverse = (float)Math.ScaleB(1, -_exponent);
        foreach (float value in values)
            _counts[HalfBins + (int)MathF.Floor(value * inverse)]++;
    }

    public void Add(ValueHistogram other)
    {
        Grow(other._exponent);
        int shift = _exponent - other._exponent;
        for (int i = 0; i < other._counts.Length; i++)
            _counts[Shift(i, shift)] += other._counts[i];
    }

    /// <summary>
    /// Finds the range with the least squared error of quantization: a wide range clips few values, a narrow one has
    /// fine steps.
    /// </summary>
    /// <param name="nonNegative">Whether negative values count as 0, as after ReLU.</param>
    public QuantizationParameters FindParameters(bool nonNegative)
    {
        double width = BinWidth;
        int first = Array.FindIndex(_counts, count => count > 0), last = Array.FindLastIndex(_counts, count => count > 0);
        if (first < 0)
            return QuantizationParameters.FromRange(0, 0);
        double lowest = nonNegative ? 0 : Math.Min(0, (first - HalfBins) * width);
        double highest = Math.Max(0, (last + 1 - HalfBins) * width);

        (double Error, double Low, double High) best = (double.PositiveInfinity, lowest, highest);
        // From the whole range down to half of each side.
        foreach (double low in Narrower(lowest))
            foreach (double high in Narrower(highest))
            {
                double error = SquaredError(low, high, nonNegative);
                if (error < best.Error)
                    best = (error, low, high);
            }
        return QuantizationParameters.FromRange(best.Low, best.High);
    }

    private static IEnumerable<double> Narrower(double bound) => bound == 0 ? [0]
        : Enumerable.Range(0, Candidates).Select(i => bound * (1 - i / (2.0 * Candidates)));

    private double SquaredError(double low, double high, bool nonNegative)
    {
        double width = BinWidth, step = (high - low) / Steps, sum = 0;
        // The error is uniform within half a step inside of the range, and the distance outside.
        double inside = step * step / 12;
        for (int i = nonNegative ? HalfBins : 0; i < _counts.Length; i++)
        {
            if (_counts[i] == 0)
                continue;
            double value = (i - HalfBins + 0.5) * width, clipped = value - Math.Clamp(value, low, high);
            sum += _counts[i] * (clipped == 0 ? inside : clipped * clipped);
        }
        return sum;
    }

    private void GrowTo(float magnitude)
    {
        if (!float.IsFinite(magnitude))
            throw new InvalidOperationException("The student computes NaN or infinite values, which cannot be quantized.");
        int needed = _exponent;
        while (magnitude >= HalfBins * Math.ScaleB(1, needed))
            needed++;
        Grow(needed);
    }

    private void Grow(int exponent)
    {
        int shift = exponent - _exponent;
        if (shift <= 0)
            return;
        long[] old = [.. _counts];
        Array.Clear(_counts);
        for (int i = 0; i < old.Length; i++)
            _counts[Shift(i, shift)] += old[i];
        _exponent = exponent;
    }

    // An arithmetic shift rounds down, as the bins do.
    private static int Shift(int bin, int shift) => HalfBins + ((bin - HalfBins) >> Math.Min(shift, 31));
}
