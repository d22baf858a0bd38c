using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>Who makes and who reads each value of a graph, as it was when the index was made.</summary>
internal sealed class GraphIndex
{
    private readonly Dictionary<string, NodeProto> _producers = [];
    private readonly ILookup<string, NodeProto> _consumers;
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly HashSet<string> _outputs;

    public GraphIndex(GraphProto graph)
    {
        foreach (var node in graph.Node)
            foreach (string output in node.Output)
                _producers[output] = node;
        _consumers = graph.Node.SelectMany(node => node.Input.Select(input => (input, node))).ToLookup(use => use.input, use => use.node);
        _constants = graph.Initializer.ToDictionary(constant => constant.Name);
        _outputs = [.. graph.Output.Select(output => output.Name)];
    }

    public NodeProto? FindProducer(string value) => _producers.GetValueOrDefault(value);

    /// <summary>The one node that reads a value; null where none or several do, or where it is an output of the graph.</summary>
    public NodeProto? FindOnlyConsumer(string value) =>
        !_outputs.Contains(value) && _consumers[value].Take(2).ToArray() is [var only] ? only : null;

    /// <summary>A constant of 32-bit floats; null where the node has no such input, or it is computed or of another type.</summary>
    public TensorProto? FindWeight(NodeProto node, int input) =>
        node.Input.Count > input && _constants.GetValueOrDefault(node.Input[input]) is { DataType: (int)DataType.Float } constant ? constant : null;

    /// <summary>A constant of 64-bit integers; null where the node has no such input, or it is computed or of another type.</summary>
    public long[]? FindIntegers(NodeProto node, int input) =>
        node.Input.Count > input && _constants.GetValueOrDefault(node.Input[input]) is { DataType: (int)DataType.Int64 } constant
            ? constant.ReadIntegers() : null;
}
