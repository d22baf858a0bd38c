using System.Runtime.InteropServices;
using Google.Protobuf;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx;

/// <summary>Queries and edits graphs. Constants are 32-bit floats in raw bytes, as <see cref="OnnxGraph"/> writes them.</summary>
internal static class GraphProtoExtensions
{
    /// <summary>The number of node inputs and graph outputs that read a value.</summary>
    public static int CountUses(this GraphProto graph, string value) =>
        graph.Node.Sum(node => node.Input.Count(input => input == value)) + graph.Output.Count(output => output.Name == value);

    public static NodeProto? FindProducer(this GraphProto graph, string value) =>
        graph.Node.FirstOrDefault(node => node.Output.Contains(value));

    /// <summary>The only reader of a value; null if there are none or several, or if the value is a graph output.</summary>
    public static NodeProto? FindOnlyConsumer(this GraphProto graph, string value) =>
        graph.CountUses(value) == 1 ? graph.Node.FirstOrDefault(node => node.Input.Contains(value)) : null;

    /// <summary>A node's input if it is a constant of 32-bit floats; otherwise null.</summary>
    public static TensorProto? FindWeight(this GraphProto graph, NodeProto node, int input) =>
        node.Input.Count > input && graph.FindConstant(node.Input[input]) is { DataType: (int)TensorProto.Types.DataType.Float } constant
            ? constant : null;

    /// <summary>Removes nodes with unused outputs, which ONNX Runtime would compute.</summary>
    public static void DropUnread(this GraphProto graph)
    {
        HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input), .. graph.Output.Select(output => output.Name)];
        NodeProto[] kept = [.. graph.Node.Where(node => node.Output.Any(read.Contains))];
        graph.Node.Clear();
        graph.Node.Add(kept);
    }

    public static NodeProto FindNode(this GraphProto graph, string name) => graph.Node.First(node => node.Name == name);

    /// <summary>A constant by name; null if the value is computed or an input.</summary>
    public static TensorProto? FindConstant(this GraphProto graph, string name) =>
        graph.Initializer.FirstOrDefault(constant => constant.Name == name);

    /// <summary>The names of all inputs, constants and computed values.</summary>
    public static IEnumerable<string> ValueNames(this GraphProto graph) => graph.Node.SelectMany(node => node.Output)
        .Concat(graph.Initializer.Select(constant => constant.Name)).Concat(graph.Input.Select(input => input.Name));

    /// <summary>The nodes that values depend on, in the order of the graph.</summary>
    public static IReadOnlyList<NodeProto> FindAncestors(this GraphProto graph, params IEnumerable<string> values)
    {
        HashSet<string> wanted = [.. values];
        List<NodeProto> found = [];
        foreach (NodeProto node in graph.Node.Reverse())
            if (node.Output.Any(wanted.Contains))
            {
                wanted.UnionWith(node.Input);
                found.Add(node);
            }
        found.Reverse();
        return found;
    }

    /// <summary>A value and all values that depend on it.</summary>
    public static HashSet<string> FindDescendants(this GraphProto graph, string value)
    {
        HashSet<string> found = [value];
        foreach (NodeProto node in graph.Node)
            if (node.Input.Any(found.Contains))
                found.UnionWith(node.Output);
        return found;
    }

    /// <summary>Removes a node with one output. Its readers read the replacement; constants that are no longer used are removed.</summary>
    public static void Bypass(this GraphProto graph, NodeProto node, string replacement)
    {
        graph.Node.Remove(node);
        foreach (NodeProto reader in graph.Node)
            for (int i = 0; i < reader.Input.Count; i++)
                if (reader.Input[i] == node.Output[0])
                    reader.Input[i] = replacement;
        foreach (string name in node.Input)
            if (graph.FindConstant(name) is { } constant && graph.CountUses(name) == 0)
                graph.Initializer.Remove(constant);
    }

    /// <summary>The values of a constant. Other tools may store a list instead of bytes.</summary>
    public static float[] ReadFloats(this TensorProto constant) =>
        constant.HasRawData ? MemoryMarshal.Cast<byte, float>(constant.RawData.Span).ToArray() : [.. constant.FloatData];

    /// <inheritdoc cref="ReadFloats"/>
    public static long[] ReadIntegers(this TensorProto constant) =>
        constant.HasRawData ? MemoryMarshal.Cast<byte, long>(constant.RawData.Span).ToArray() : [.. constant.Int64Data];

    /// <summary>Replaces the values of a constant.</summary>
    public static void WriteFloats(this TensorProto constant, float[] values)
    {
        constant.FloatData.Clear();
        constant.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    /// <summary>The declaration of an input or output [N, ...].</summary>
    public static ValueInfoProto Describe(string name, TensorProto.Types.DataType type, ReadOnlySpan<long> shape)
    {
        var dimensions = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        foreach (long size in shape)
            dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions } },
        };
    }
}
