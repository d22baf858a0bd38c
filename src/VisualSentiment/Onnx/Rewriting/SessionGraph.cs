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
    /// <summary>The bytes of the rewritten model; those that were given where there is nothing to gain, or they are no model.</summary>
    public static byte[] Prepare(byte[] onnxModel)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(onnxModel);
        }
        catch (InvalidProtocolBufferException)
        {
            // Whoever makes a session of it says what is wrong.
            return onnxModel;
        }
        if (model.Graph is null)
            return onnxModel;
        bool changed = DropUnread(model.Graph);
        if (WinogradConvolution.PaysHere)
            changed |= ApplyWinograd(model.Graph);
        return changed ? model.ToByteArray() : onnxModel;
    }

    /// <summary>Takes out nodes whose results nobody reads, such as the one that holds class names for ML.NET: they would be computed.</summary>
    private static bool DropUnread(GraphProto graph)
    {
        HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input), .. graph.Output.Select(output => output.Name)];
        NodeProto[] unread = [.. graph.Node.Where(node => !node.Output.Any(read.Contains))];
        foreach (NodeProto node in unread)
            graph.Node.Remove(node);
        return unread.Length > 0;
    }

    private static bool ApplyWinograd(GraphProto graph)
    {
        var index = new GraphIndex(graph);
        WinogradConvolution[] found = [.. graph.Node.Select(node => WinogradConvolution.TryMatch(node, index)).OfType<WinogradConvolution>()];
        foreach (WinogradConvolution convolution in found)
            convolution.Replace(graph);
        return found.Length > 0;
    }
}
