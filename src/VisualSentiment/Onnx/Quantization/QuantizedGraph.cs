using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>The nodes and constants of a quantised graph under construction.</summary>
/// <param name="names">The names of the float graph's values; nothing else is called so.</param>
internal sealed class QuantizedGraph(IEnumerable<string> names)
{
    private readonly HashSet<string> _names = [.. names];
    private readonly Dictionary<QuantizationParameters, string[]> _parameters = [];
    private readonly Dictionary<int, string> _zeroPoints = [];

    public List<NodeProto> Nodes { get; } = [];

    public List<TensorProto> Constants { get; } = [];

    /// <summary>Adds a node with one output, which bears the node's name; made unique where it is not.</summary>
    public string Add(string name, string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string unique = UniqueName(name);
        var node = new NodeProto { Name = unique, OpType = operation, Input = { inputs }, Output = { unique } };
        foreach (var (attribute, value) in attributes)
            node.Attribute.Add(OnnxAttributes.Create(attribute, value));
        Nodes.Add(node);
        return unique;
    }

    public string Add<T>(string name, DataType type, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        string unique = UniqueName(name);
        Constants.Add(OnnxTensors.Create(unique, type, values, shape));
        return unique;
    }

    public string AddIntegers(string name, params ReadOnlySpan<long> values) => Add(name, DataType.Int64, values, values.Length);

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

    public string UniqueName(string name)
    {
        string unique = name;
        for (int i = 2; !_names.Add(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }
}
