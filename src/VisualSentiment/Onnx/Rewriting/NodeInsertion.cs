using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Rewriting;

/// <summary>Puts nodes before one that they replace, and their constants into the graph.</summary>
/// <param name="graph">The graph.</param>
/// <param name="before">The node that is replaced; its output's name leads the names of what is added.</param>
internal sealed class NodeInsertion(GraphProto graph, NodeProto before)
{
    private int _count;

    /// <summary>Adds a node with one output.</summary>
    /// <returns>The name of the output.</returns>
    public string Add(string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string name = CreateName();
        var node = new NodeProto { Name = name, OpType = operation, Input = { inputs }, Output = { name } };
        foreach (var (attribute, value) in attributes)
            node.Attribute.Add(OnnxAttributes.Create(attribute, value));
        graph.Node.Insert(graph.Node.IndexOf(before), node);
        return name;
    }

    public string AddWeight(float[] values, params ReadOnlySpan<long> shape) => Add<float>(DataType.Float, values, shape);

    public string AddIntegers(params ReadOnlySpan<long> values) => Add(DataType.Int64, values, values.Length);

    private string Add<T>(DataType type, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        string name = CreateName();
        graph.Initializer.Add(OnnxTensors.Create(name, type, values, shape));
        return name;
    }

    private string CreateName() => $"{before.Output[0]}.tiles.{_count++}";
}
