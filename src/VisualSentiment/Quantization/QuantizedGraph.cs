using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Quantization;

/// <summary>The nodes and constants of a quantized graph under construction.</summary>
/// <param name="names">The names of the float graph's values, which are not used again.</param>
internal sealed class QuantizedGraph(IEnumerable<string> names) : GraphAdditions(names)
{
    private readonly Dictionary<QuantizationParameters, string[]> _parameters = [];
    private readonly Dictionary<int, string> _zeroPoints = [];

    public string Quantize(string name, string value, QuantizationParameters parameters) =>
        Add($"{name}.bytes", "QuantizeLinear", [value, .. AddParameters(name, parameters)]);

    public string Dequantize(string name, string bytes, QuantizationParameters parameters) =>
        Add($"{name}.floats", "DequantizeLinear", [bytes, .. AddParameters(name, parameters)]);

    /// <summary>Adds a layer's quantized weights and their dequantization.</summary>
    public (string Weights, string Scales) DequantizeWeights(TensorProto weight, QuantizedWeights quantized)
    {
        int outputs = quantized.Scales.Length;
        string bytes = Add<sbyte>($"{weight.Name}.bytes", DataType.Int8, quantized.Values, [.. weight.Dims]);
        string scales = Add<float>($"{weight.Name}.scale", DataType.Float, quantized.Scales, outputs);
        if (!_zeroPoints.TryGetValue(outputs, out string? zeros))
            _zeroPoints[outputs] = zeros = Add<sbyte>("zero_points", DataType.Int8, new sbyte[outputs], outputs);
        return (Add($"{weight.Name}.floats", "DequantizeLinear", [bytes, scales, zeros], ("axis", 0)), scales);
    }

    /// <summary>Adds a layer's quantized weights and bias and their dequantization.</summary>
    /// <param name="weight">The float weights.</param>
    /// <param name="layer">The quantized layer.</param>
    /// <param name="input">The parameters of the layer's input.</param>
    public (string Weights, string Bias) DequantizeLayer(TensorProto weight, QuantizedLayer layer, QuantizationParameters input)
    {
        string name = weight.Name;
        var (weights, scales) = DequantizeWeights(weight, layer.Weights);
        // Smaller than the values themselves; runtimes compute the product once.
        string biasScales = Add($"{name}.bias.scale", "Mul", [scales, AddParameters(name, input)[0]]);
        return (weights, Add($"{name}.bias.floats", "DequantizeLinear",
            [Add<int>($"{name}.bias.integers", DataType.Int32, layer.Bias, layer.Bias.Length), biasScales], ("axis", 0)));
    }

    // Equal parameters are stored once.
    private string[] AddParameters(string name, QuantizationParameters parameters)
    {
        if (_parameters.TryGetValue(parameters, out string[]? names))
            return names;
        return _parameters[parameters] =
        [
            Add<float>($"{name}.scale", DataType.Float, [parameters.Scale]),
            Add<byte>($"{name}.zero_point", DataType.Uint8, [parameters.ZeroPoint]),
        ];
    }
}
