using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Tests.Support;

/// <summary>Students whose ONNX graph is built node by node, without libtorch.</summary>
internal static class BuiltStudent
{
    /// <summary>The bytes of a student with the inputs, outputs and metadata of an exported one.</summary>
    /// <param name="info">The metadata; the input size has to be 224.</param>
    /// <param name="addLayers">Adds the layers from normalized pixels [N, 3, 224, 224] to logits [N, C], and returns the last value.</param>
    public static byte[] Create(OnnxModelInfo info, Func<OnnxGraph, string, string> addLayers)
    {
        var graph = new OnnxGraph();
        string pixels = graph.AddInput("pixels", DataType.Uint8, 224, 224, 3);
        string planes = graph.AddNode("Transpose", [pixels], ("perm", new long[] { 0, 3, 1, 2 }));
        string value = graph.AddNode("Cast", [planes], ("to", (int)DataType.Float));
        float[] mean = [.. info.Normalization.Mean.Select(m => 255 * m)];
        float[] scale = [.. info.Normalization.StandardDeviation.Select(s => 1 / (255 * s))];
        value = graph.AddNode("Sub", [value, graph.AddWeight("normalization.mean", mean, 1, 3, 1, 1)]);
        value = graph.AddNode("Mul", [value, graph.AddWeight("normalization.scale", scale, 1, 3, 1, 1)]);
        graph.AddNamedNode("logits", "Identity", [addLayers(graph, value)]);
        graph.AddNamedNode("Score", "Softmax", ["logits"], ("axis", 1));
        graph.AddOutput("Score", DataType.Float, info.Classes.Count);
        graph.AddOutput("logits", DataType.Float, info.Classes.Count);
        graph.Proto.Name = "student";
        var model = new ModelProto
        {
            IrVersion = 8, Graph = graph.Proto, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 18 } },
        };
        foreach (var (key, text) in info.ToMetadata("0.1.0"))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text });
        return ModelDigest.Seal(model);
    }

    /// <summary>Adds a convolution with bias.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">A value [N, I, H, W].</param>
    /// <param name="weights">The weights [O, I, size, size].</param>
    /// <param name="bias">The bias [O].</param>
    /// <param name="size">Height, width and stride of the kernel.</param>
    public static string AddConvolution(this OnnxGraph graph, string input, float[] weights, float[] bias, int size)
    {
        long inputs = weights.Length / (bias.Length * size * size);
        return graph.AddNode("Conv",
            [input, graph.AddWeight("conv.weight", weights, bias.Length, inputs, size, size), graph.AddWeight("conv.bias", bias, bias.Length)],
            ("kernel_shape", new long[] { size, size }), ("strides", new long[] { size, size }));
    }

    /// <summary>Adds the mean of each channel, [N, C].</summary>
    public static string AddMeans(this OnnxGraph graph, string input) =>
        graph.AddNode("Flatten", [graph.AddNode("GlobalAveragePool", [input])], ("axis", 1));

    /// <summary>Adds a linear layer.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">Its name.</param>
    /// <param name="input">A value [N, I].</param>
    /// <param name="weights">The weights [O, I].</param>
    /// <param name="bias">The bias [O].</param>
    public static string AddLinear(this OnnxGraph graph, string name, string input, float[] weights, float[] bias) => graph.AddNode("Gemm",
        [input, graph.AddWeight($"{name}.weight", weights, bias.Length, weights.Length / bias.Length),
            graph.AddWeight($"{name}.bias", bias, bias.Length)], ("transB", 1));
}
