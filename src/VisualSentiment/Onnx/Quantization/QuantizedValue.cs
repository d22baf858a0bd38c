namespace VisualSentiment.Onnx.Quantization;

/// <summary>A value of the graph that is kept as bytes.</summary>
/// <param name="observedAs">The value whose numbers decide the range.</param>
/// <param name="isComputedInBytes">The value comes out of an integer operation; false where a float is rounded to bytes.</param>
/// <param name="clamp">What the bytes' range takes over from an activation that is left out.</param>
internal sealed class QuantizedValue(string observedAs, bool isComputedInBytes, Clamp clamp)
{
    /// <summary>Numbers that do not survive the pooling behind a convolution need no place in the range.</summary>
    public string ObservedAs { get; set; } = observedAs;

    public bool IsComputedInBytes { get; } = isComputedInBytes;

    public QuantizationParameters ToParameters(ValueHistogram histogram)
    {
        var parameters = histogram.FindParameters(clamp.AtZero);
        // Where bytes reach beyond an upper limit such as ReLU6's, the limit is the end of the range.
        return clamp.Upper is { } upper && parameters.Scale * byte.MaxValue > upper ? QuantizationParameters.FromRange(0, upper) : parameters;
    }
}
