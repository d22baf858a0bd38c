using System.Runtime.InteropServices;
using Google.Protobuf;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx;

/// <summary>
/// Folds batch normalisations into the convolution or dense layer before them: with s = weight / sqrt(variance + epsilon),
/// each output channel's weights become s w and its bias s (b - mean) + bias. The same function, one node and one pass over
/// the activations less; computed in double precision.
/// </summary>
internal static class BatchNormFolding
{
    private const string Normalization = "BatchNormalization";
    private const float DefaultEpsilon = 1e-5f;

    /// <summary>Changes the graph in place. A normalisation that follows anything else stays.</summary>
    public static void Apply(GraphProto graph)
    {
        foreach (NodeProto norm in graph.Node.Where(node => node.OpType == Normalization).ToArray())
            TryFold(graph, norm);
    }

    private static void TryFold(GraphProto graph, NodeProto norm)
    {
        NodeProto? layer = graph.Node.FirstOrDefault(node => node.Output.Contains(norm.Input[0]));
        if (layer is null || !IsLinear(layer) || CountUses(graph, norm.Input[0]) > 1)
            return;
        var constants = graph.Initializer.ToDictionary(constant => constant.Name);
        // A weight that another node reads too must stay as it is.
        if (!layer.Input.Skip(1).Concat(norm.Input.Skip(1)).All(name => constants.ContainsKey(name) && CountUses(graph, name) == 1))
            return;

        float[] weight = Read(constants[norm.Input[1]]), shift = Read(constants[norm.Input[2]]),
            mean = Read(constants[norm.Input[3]]), variance = Read(constants[norm.Input[4]]);
        double epsilon = norm.Attribute.FirstOrDefault(attribute => attribute.Name == "epsilon")?.F ?? DefaultEpsilon;
        double[] scale = [.. weight.Zip(variance, (w, v) => w / Math.Sqrt(v + epsilon))];

        TensorProto kernel = constants[layer.Input[1]];
        float[] kernels = Read(kernel);
        int fan = kernels.Length / scale.Length;
        Write(kernel, [.. kernels.Select((w, i) => (float)(w * scale[i / fan]))]);

        if (layer.Input.Count == 2)
        {
            // A layer without a bias takes over the normalisation's.
            layer.Input.Add(norm.Input[2]);
            Write(constants[norm.Input[2]], [.. scale.Select((s, i) => (float)(shift[i] - s * mean[i]))]);
        }
        else
        {
            TensorProto bias = constants[layer.Input[2]];
            Write(bias, [.. Read(bias).Select((b, i) => (float)(shift[i] + scale[i] * ((double)b - mean[i])))]);
        }
        Remove(graph, norm, layer.Output[0]);
    }

    /// <summary>A convolution, or a dense layer whose weights are [outputs, inputs] and whose factors are one.</summary>
    private static bool IsLinear(NodeProto node) => node.OpType == "Conv"
        || (node.OpType == "Gemm" && node.Attribute is [{ Name: "transB", I: 1 }]);

    private static int CountUses(GraphProto graph, string value) =>
        graph.Node.Sum(node => node.Input.Count(input => input == value)) + graph.Output.Count(output => output.Name == value);

    private static void Remove(GraphProto graph, NodeProto norm, string replacement)
    {
        graph.Node.Remove(norm);
        foreach (NodeProto node in graph.Node)
            for (int i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == norm.Output[0])
                    node.Input[i] = replacement;
        foreach (string name in norm.Input.Skip(1))
            if (CountUses(graph, name) == 0)
                graph.Initializer.Remove(graph.Initializer.First(constant => constant.Name == name));
    }

    private static float[] Read(TensorProto constant) => MemoryMarshal.Cast<byte, float>(constant.RawData.Span).ToArray();

    private static void Write(TensorProto constant, float[] values) =>
        constant.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));
}
