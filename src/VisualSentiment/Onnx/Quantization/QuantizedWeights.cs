namespace VisualSentiment.Onnx.Quantization;

/// <summary>Weights as signed bytes, symmetric around zero, with a scale for each output channel.</summary>
/// <param name="Values">The bytes, in the order of the weights.</param>
/// <param name="Scales">What one step is worth, for each output channel.</param>
internal sealed record QuantizedWeights(sbyte[] Values, float[] Scales)
{
    public double this[int index] => Values[index] * (double)Scales[index / (Values.Length / Scales.Length)];
}
