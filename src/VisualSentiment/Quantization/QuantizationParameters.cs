namespace VisualSentiment.Quantization;

/// <summary>What a byte q stands for: (q - zero point) * scale.</summary>
internal readonly record struct QuantizationParameters(float Scale, byte ZeroPoint)
{
    private const int Steps = byte.MaxValue;

    /// <summary>A range that is narrower holds nothing but zero.</summary>
    private const double SmallestScale = 1e-15;

    /// <summary>The bytes spread over a range. Zero is always one of the numbers they stand for, as padding needs it.</summary>
    public static QuantizationParameters FromRange(double low, double high)
    {
        low = Math.Min(low, 0);
        high = Math.Max(high, 0);
        double scale = (high - low) / Steps;
        return scale < SmallestScale
            ? new(1, 0)
            : new((float)scale, (byte)Math.Clamp(Math.Round(-low / scale), 0, Steps));
    }
}
