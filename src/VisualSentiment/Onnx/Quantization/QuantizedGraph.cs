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
    public string DequantizeWeights(string name, string bytes, float[] scales, int axis) => Add($"{name}.floats", "DequantizeLinear",
        [
            bytes,
            Add<float>($"{name}.scale", DataType.Float, scales, scales.Length),
            AddZeroPoints(scales.Length),
        ],
        ("axis", axis));

    /// <summary>Adds a bias, given as 32-bit integers, as floats.</summary>
    public string DequantizeBias(string name, QuantizedLayer layer) => Add($"{name}.bias.floats", "DequantizeLinear",
        [
            Add<int>($"{name}.bias.integers", DataType.Int32, layer.Bias, layer.Bias.Length),
            Add<float>($"{name}.bias.scale", DataType.Float, layer.BiasScales, layer.BiasScales.Length),
        ],
        ("axis", 0));

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
