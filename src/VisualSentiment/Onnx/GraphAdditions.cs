using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx;

/// <summary>Nodes and constants to be added to a graph.</summary>
/// <param name="names">The names of the graph's values, which are not used again.</param>
internal class GraphAdditions(IEnumerable<string> names)
{
    private readonly HashSet<string> _names = [.. names];

    public List<NodeProto> Nodes { get; } = [];

    public List<TensorProto> Constants { get; } = [];

    /// <summary>Adds a node with one output. Returns the unique name of both.</summary>
    public string Add(
        string name, string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string unique = UniqueName(name);
        var node = new NodeProto { Name = unique, OpType = operation, Input = { inputs }, Output = { unique } };
        foreach (var (attribute, value) in attributes)
            node.Attribute.Add(OnnxAttributes.Create(attribute, value));
        Nodes.Add(node);
        return unique;
    }

    public string Add<T>(string name, DataType type, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        string unique = UniqueName(name);
        Constants.Add(OnnxTensors.Create(unique, type, values, shape));
        return unique;
    }

    public string AddIntegers(string name, params ReadOnlySpan<long> values) =>
        Add(name, DataType.Int64, values, values.Length);

    public string UniqueName(string name)
    {
        string unique = name;
        for (int i = 2; !_names.Add(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }
}
