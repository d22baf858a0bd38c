namespace VisualSentiment.Quantization;

/// <summary>The value of a byte q is (q - zero point) * scale.</summary>
internal readonly record struct QuantizationParameters(float Scale, byte ZeroPoint)
{
    private const int Steps = byte.MaxValue;

    /// <summary>A smaller scale means that all values are 0.</summary>
    private const double MinScale = 1e-15;

    /// <summary>The parameters for a range. It is extended to 0, which padding requires to be exact.</summary>
    public static QuantizationParameters FromRange(double low, double high)
    {
        low = Math.Min(low, 0);
        high = Math.Max(high, 0);
        double scale = (high - low) / Steps;
        return scale < MinScale ? new(1, 0)
            : new((float)scale, (byte)Math.Clamp(Math.Round(-low / scale), 0, Steps));
    }
}
