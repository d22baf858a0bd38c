using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>The nodes and constants of a quantised graph under construction.</summary>
/// <param name="names">The names of the float graph's values; nothing else is called so.</param>
internal sealed class QuantizedGraph(IEnumerable<string> names) : GraphAdditions(names)
{
    private readonly Dictionary<QuantizationParameters, string[]> _parameters = [];
    private readonly Dictionary<int, string> _zeroPoints = [];

    public string Quantize(string name, string value, QuantizationParameters parameters) =>
        Add($"{name}.bytes", "QuantizeLinear", [value, .. AddParameters(name, parameters)]);

    public string Dequantize(string name, string bytes, QuantizationParameters parameters) =>
        Add($"{name}.floats", "DequantizeLinear", [bytes, .. AddParameters(name, parameters)]);

    /// <summary>Adds weights, given as signed bytes, as floats.</summary>
    public string DequantizeWeights(string name, string bytes, float[] scales, int axis) =>
        DequantizeWeights(name, bytes, Add<float>($"{name}.scale", DataType.Float, scales, scales.Length), scales.Length, axis);

    /// <summary>Adds a layer's weights, given as signed bytes, and its bias, 32-bit integers, as floats.</summary>
    /// <param name="name">What the weights are called.</param>
    /// <param name="bytes">The weights.</param>
    /// <param name="layer">The scales of the weights, and the bias.</param>
    /// <param name="input">Of the bytes that the layer reads.</param>
    public (string Weights, string Bias) DequantizeLayer(string name, string bytes, QuantizedLayer layer, QuantizationParameters input)
    {
        int outputs = layer.Bias.Length;
        string scales = Add<float>($"{name}.scale", DataType.Float, layer.Weights.Scales, outputs);
        // A product that runtimes compute once takes less room than its value.
        string biasScales = Add($"{name}.bias.scale", "Mul", [scales, AddParameters(name, input)[0]]);
        string bias = Add($"{name}.bias.floats", "DequantizeLinear",
            [Add<int>($"{name}.bias.integers", DataType.Int32, layer.Bias, outputs), biasScales], ("axis", 0));
        return (DequantizeWeights(name, bytes, scales, outputs, axis: 0), bias);
    }

    private string DequantizeWeights(string name, string bytes, string scales, int outputs, int axis) =>
        Add($"{name}.floats", "DequantizeLinear", [bytes, scales, AddZeroPoints(outputs)], ("axis", axis));

    // What several nodes read stands in the file once.
    private string[] AddParameters(string name, QuantizationParameters parameters)
    {
        if (!_parameters.TryGetValue(parameters, out string[]? names))
        {
            _parameters[parameters] = names =
            [
                Add<float>($"{name}.scale", DataType.Float, [parameters.Scale]),
                Add<byte>($"{name}.zero_point", DataType.Uint8, [parameters.ZeroPoint]),
            ];
        }
        return names;
    }

    private string AddZeroPoints(int count)
    {
        if (!_zeroPoints.TryGetValue(count, out string? name))
            _zeroPoints[count] = name = Add<sbyte>("zero_points", DataType.Int8, new sbyte[count], count);
        return name;
    }
}
