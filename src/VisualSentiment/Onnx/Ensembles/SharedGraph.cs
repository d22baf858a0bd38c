using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Ensembles;

/// <summary>
/// A graph into which several graphs are copied. Equal constants, and equal operations on the same values such as the
/// cast of the pixels, are added once.
/// </summary>
internal sealed class SharedGraph(GraphProto graph)
{
    private readonly Dictionary<TensorProto, string> _constants = [];
    private readonly Dictionary<NodeProto, IReadOnlyList<string>> _nodes = [];

    /// <summary>Copies the nodes that compute a value, with names that begin with <paramref name="prefix"/>.</summary>
    /// <returns>The new name of the value.</returns>
    public string Add(GraphProto from, string value, string prefix)
    {
        var names = new Dictionary<string, string> { [from.Input[0].Name] = graph.Input[0].Name, [""] = "" };
        var constants = from.Initializer.ToDictionary(constant => constant.Name);
        foreach (NodeProto node in from.FindAncestors(value))
        {
            foreach (string input in node.Input)
                if (!names.ContainsKey(input))
                    names.Add(input, AddConstant(constants[input], prefix));
            var outputs = AddNode(node, [.. node.Input.Select(input => names[input])], prefix);
            foreach (var (old, now) in node.Output.Zip(outputs))
                names[old] = now;
        }
        return names[value];
    }

    private string AddConstant(TensorProto constant, string prefix)
    {
        TensorProto content = constant.Clone();
        content.ClearName();
        if (_constants.TryGetValue(content, out string? known))
            return known;
        TensorProto added = content.Clone();
        added.Name = prefix + constant.Name;
        graph.Initializer.Add(added);
        _constants.Add(content, added.Name);
        return added.Name;
    }

    private IReadOnlyList<string> AddNode(NodeProto node, string[] inputs, string prefix)
    {
        NodeProto content = node.Clone();
        content.ClearName();
        content.Output.Clear();
        content.Input.Clear();
        content.Input.Add(inputs);
        if (_nodes.TryGetValue(content, out var known))
            return known;
        NodeProto added = content.Clone();
        added.Name = node.Name.Length == 0 ? "" : prefix + node.Name;
        added.Output.Add(node.Output.Select(output => output.Length == 0 ? "" : prefix + output));
        graph.Node.Add(added);
        _nodes.Add(content, added.Output);
        return added.Output;
    }
}
