using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx;

/// <summary>
/// What a network pools into its embedding: the value before the global pooling, found by walking the graph backwards from the
/// embedding.
/// </summary>
/// <param name="Name">The value's name, an output of the graph from then on.</param>
/// <param name="ChannelsLast">Whether it is [N, H, W, D] instead of [N, D, H, W].</param>
internal sealed record FeatureMapOutput(string Name, bool ChannelsLast)
{
    // They change the shape of an embedding, or nothing at all, but no number in it.
    private static readonly HashSet<string> Reshapes = ["Flatten", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Transpose"];

    /// <summary>Finds the feature map and makes it an output.</summary>
    /// <exception cref="InvalidModelException">No global pooling leads to the embedding.</exception>
    public static FeatureMapOutput Add(GraphProto graph, string embedding, string path)
    {
        FeatureMapOutput map = Find(graph, embedding, path);
        if (graph.Output.All(output => output.Name != map.Name))
            graph.Output.Add(new ValueInfoProto
            {
                Name = map.Name,
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } },
            });
        return map;
    }

    private static FeatureMapOutput Find(GraphProto graph, string embedding, string path)
    {
        string value = embedding;
        while (graph.Node.FirstOrDefault(node => node.Output.Contains(value)) is { } node)
        {
            if (node.OpType == "GlobalAveragePool")
                return new FeatureMapOutput(node.Input[0], ChannelsLast: false);
            if (node.OpType == "ReduceMean")
                return Axes(graph, node) switch
                {
                    [2, 3] or [-2, -1] => new FeatureMapOutput(node.Input[0], ChannelsLast: false),
                    [1, 2] or [-3, -2] => new FeatureMapOutput(node.Input[0], ChannelsLast: true),
                    var axes => throw Refusal($"the ReduceMean '{node.Name}' before it averages over the axes {string.Join(", ", axes)}"),
                };
            if (!Reshapes.Contains(node.OpType))
                throw Refusal($"the last step before it is '{node.OpType}'");
            value = node.Input[0];
        }
        throw Refusal("no step before it pools");

        InvalidModelException Refusal(string found) => new(path, $"region attention needs the feature map that is pooled into the embedding '{embedding}', "
            + $"but {found}; a network is needed whose embedding is a GlobalAveragePool, or a ReduceMean over height and width. Leave RegionAttention off, "
            + "or name another output in OnnxBackboneOptions.EmbeddingOutput");
    }

    private static long[] Axes(GraphProto graph, NodeProto node)
    {
        // From opset 18 on, axes are an input.
        long[] axes = node.Input.Count < 2 ? node.GetIntegers("axes")
            : graph.FindConstant(node.Input[1]) is not { } constant ? []
            : constant.Int64Data.Count > 0 ? [.. constant.Int64Data]
            : System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(constant.RawData.Span).ToArray();
        return [.. axes.Order()];
    }
}
