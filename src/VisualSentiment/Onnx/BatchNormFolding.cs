using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx;

/// <summary>
/// Batch normalisation behind a convolution or a dense layer becomes part of its weights and bias: the same function, since
/// both are affine, channel by channel.
/// </summary>
internal static class BatchNormFolding
{
    private const float DefaultEpsilon = 1e-5f;

    public static void Apply(GraphProto graph)
    {
        var index = new GraphIndex(graph);
        foreach (var norm in graph.Node.Where(node => node.OpType == "BatchNormalization").ToArray())
            if (index.FindProducer(norm.Input[0]) is { } layer && index.FindOnlyConsumer(layer.Output[0]) == norm && CanFold(index, layer, norm))
                Fold(graph, index, layer, norm);
        RemoveUnread(graph);
    }

    private static bool CanFold(GraphIndex index, NodeProto layer, NodeProto norm)
    {
        bool affine = layer.OpType == "Conv"
            || (layer.OpType == "Gemm" && layer.GetInteger("transB", 0) == 1 && !layer.HasAttribute("alpha") && !layer.HasAttribute("beta"));
        // A constant that several nodes read must stay as it is for the others.
        return affine && index.FindWeight(layer, 1) is { } weight && index.FindOnlyConsumer(weight.Name) == layer
            && (layer.Input.Count < 3 || (index.FindWeight(layer, 2) is { } bias && index.FindOnlyConsumer(bias.Name) == layer))
            && Enumerable.Range(1, 4).All(input => index.FindWeight(norm, input) is not null);
    }

    private static void Fold(GraphProto graph, GraphIndex index, NodeProto layer, NodeProto norm)
    {
        float[][] statistics = [.. Enumerable.Range(1, 4).Select(input => index.FindWeight(norm, input)!.ToFloats())];
        float[] gamma = statistics[0], beta = statistics[1], mean = statistics[2], variance = statistics[3];
        double epsilon = norm.GetFloat("epsilon", DefaultEpsilon);

        TensorProto weight = index.FindWeight(layer, 1)!;
        TensorProto? bias = index.FindWeight(layer, 2);
        float[] weights = weight.ToFloats(), biases = bias?.ToFloats() ?? new float[gamma.Length];
        int fanIn = weights.Length / gamma.Length;
        for (int channel = 0; channel < gamma.Length; channel++)
        {
            double factor = gamma[channel] / Math.Sqrt(variance[channel] + epsilon);
            foreach (ref float w in weights.AsSpan(channel * fanIn, fanIn))
                w = (float)(w * factor);
            biases[channel] = (float)((biases[channel] - mean[channel]) * factor + beta[channel]);
        }

        weight.RawData = OnnxTensors.Create<float>("", DataType.Float, weights).RawData;
        var folded = OnnxTensors.Create<float>(bias?.Name ?? $"{weight.Name}.bias", DataType.Float, biases, biases.Length);
        if (bias is null)
        {
            graph.Initializer.Add(folded);
            layer.Input.Add(folded.Name);
        }
        else
        {
            bias.RawData = folded.RawData;
        }
        layer.Output[0] = norm.Output[0];
        graph.Node.Remove(norm);
    }

    private static void RemoveUnread(GraphProto graph)
    {
        HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input)];
        foreach (var constant in graph.Initializer.Where(constant => !read.Contains(constant.Name)).ToArray())
            graph.Initializer.Remove(constant);
    }
}
