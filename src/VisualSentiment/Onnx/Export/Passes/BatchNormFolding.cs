using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Export.Passes;

/// <summary>
/// Folds batch normalizations into the convolution or dense layer before them: with s = weight / sqrt(variance +
/// epsilon), each output channel's weights become s * w and its bias s * (b - mean) + bias. This saves a pass over the
/// activations. Computed in double precision.
/// </summary>
internal static class BatchNormFolding
{
    private const string Normalization = "BatchNormalization";
    private const float DefaultEpsilon = 1e-5f;

    /// <summary>Changes the graph in place. Normalizations after other nodes stay.</summary>
    public static void Apply(GraphProto graph)
    {
        foreach (NodeProto norm in graph.Node.Where(node => node.OpType == Normalization).ToArray())
            TryFold(graph, norm);
    }

    private static void TryFold(GraphProto graph, NodeProto norm)
    {
        NodeProto? layer = graph.Node.FirstOrDefault(node => node.Output.Contains(norm.Input[0]));
        if (layer is null || !IsLinear(layer) || graph.CountUses(norm.Input[0]) > 1)
            return;
        // A weight that is computed, or that another node reads too, must not change.
        if (!layer.Input.Skip(1).Concat(norm.Input.Skip(1))
            .All(name => graph.FindConstant(name) is not null && graph.CountUses(name) == 1))
            return;

        float[][] values = [.. norm.Input.Skip(1).Select(name => graph.FindConstant(name)!.ReadFloats())];
        var (weight, shift, mean, variance) = (values[0], values[1], values[2], values[3]);
        double epsilon = norm.Attribute.FirstOrDefault(attribute => attribute.Name == "epsilon")?.F ?? DefaultEpsilon;
        double[] scale = [.. weight.Zip(variance, (w, v) => w / Math.Sqrt(v + epsilon))];

        TensorProto kernel = graph.FindConstant(layer.Input[1])!;
        float[] kernels = kernel.ReadFloats();
        int fan = kernels.Length / scale.Length;
        kernel.WriteFloats([.. kernels.Select((w, i) => (float)(w * scale[i / fan]))]);

        // A layer without a bias takes that of the normalization.
        bool biased = layer.Input.Count > 2;
        if (!biased)
            layer.Input.Add(norm.Input[2]);
        TensorProto bias = graph.FindConstant(layer.Input[2])!;
        float[] before = biased ? bias.ReadFloats() : new float[scale.Length];
        bias.WriteFloats([.. before.Select((b, i) => (float)(shift[i] + scale[i] * ((double)b - mean[i])))]);
        graph.Bypass(norm, layer.Output[0]);
    }

    /// <summary>A convolution, or a dense layer with weights [outputs, inputs] and default factors.</summary>
    private static bool IsLinear(NodeProto node) => node.OpType == "Conv"
        || (node.OpType == "Gemm" && node.Attribute is [{ Name: "transB", I: 1 }]);
}
