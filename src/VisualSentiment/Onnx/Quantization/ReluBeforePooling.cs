using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>
/// Exchanges maximum pooling and the ReLU (or Clip) behind it, which is the same function: behind a convolution, ReLU costs bytes
/// nothing, wherever floats are better off with it behind the pooling.
/// </summary>
internal static class ReluBeforePooling
{
    public static void Apply(GraphProto graph)
    {
        var index = new GraphIndex(graph);
        foreach (var pool in graph.Node.Where(node => node.OpType == "MaxPool").ToArray())
            if (index.FindOnlyConsumer(pool.Output[0]) is { OpType: "Relu" or "Clip" } relu)
            {
                string input = pool.Input[0], between = pool.Output[0], output = relu.Output[0];
                (relu.Input[0], relu.Output[0]) = (input, between);
                (pool.Input[0], pool.Output[0]) = (between, output);
                graph.Node.Remove(relu);
                graph.Node.Insert(graph.Node.IndexOf(pool), relu);
            }
    }
}
