using Google.Protobuf;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Quantization;

namespace VisualSentiment.Onnx.Rewriting;

/// <summary>
/// What ONNX Runtime is given instead of a student's file: the same function in fewer operations. It is made when a student is
/// loaded and kept nowhere, so that files stay small and plain.
/// </summary>
internal static class SessionGraph
{
    /// <summary>The bytes of a validated model, rewritten.</summary>
    /// <param name="model">The model, which is changed.</param>
    public static byte[] Prepare(ModelProto model)
    {
        DropUnread(model.Graph);
        if (WinogradConvolution.PaysHere)
            ApplyWinograd(model.Graph);
        return model.ToByteArray();
    }

    /// <summary>Takes out nodes whose results nobody reads, such as the one that holds class names for ML.NET: they would be computed.</summary>
    private static void DropUnread(GraphProto graph)
    {
        HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input), .. graph.Output.Select(output => output.Name)];
        NodeProto[] kept = [.. graph.Node.Where(node => node.Output.Any(read.Contains))];
        graph.Node.Clear();
        graph.Node.Add(kept);
    }

    private static void ApplyWinograd(GraphProto graph)
    {
        var index = new GraphIndex(graph);
        WinogradConvolution[] found = [.. graph.Node.Select(node => WinogradConvolution.TryMatch(node, index)).OfType<WinogradConvolution>()];
        foreach (WinogradConvolution convolution in found)
            convolution.Replace(graph);
    }
}
