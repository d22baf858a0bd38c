using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Import;

/// <summary>A feature map of a backbone, [N, C, S, S].</summary>
/// <param name="Name">The value's name in the graph.</param>
/// <param name="Channels">C.</param>
/// <param name="Side">S.</param>
internal sealed record BackboneMap(string Name, int Channels, int Side)
{
    /// <summary>
    /// Finds the map of each side: the last sum of this size, which is the output of residual blocks, or the last
    /// convolution if there is no sum. Sides without a map are omitted.
    /// </summary>
    /// <param name="model">The network, which takes bytes.</param>
    /// <param name="input">The name of its input.</param>
    /// <param name="sides">The sides.</param>
    public static IReadOnlyList<BackboneMap> Find(ModelProto model, string input, IReadOnlyCollection<int> sides)
    {
        if (sides.Count == 0)
            return [];
        ModelProto observed = model.Clone();
        NodeProto[] nodes = [.. model.Graph.Node.Where(node => node.OpType is "Conv" or "Add")];
        HashSet<string> outputs = [.. model.Graph.Output.Select(output => output.Name)];
        // Without a type, which ONNX Runtime infers; a sum may also be one of shapes.
        observed.Graph.Output.AddRange(nodes.Where(node => outputs.Add(node.Output[0]))
            .Select(node => new ValueInfoProto { Name = node.Output[0] }));
        using var options = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
        };
        using var session = new InferenceSession(observed.ToByteArray(), options);
        using var run = new RunOptions();
        using var pixels = OrtValue.CreateTensorValueFromMemory(new byte[PixelFormat.ByteCount], [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        string[] names = [.. nodes.Select(node => node.Output[0])];
        using var values = session.Run(run, [input], [pixels], names);

        var maps = new SortedDictionary<int, (BackboneMap Map, bool IsSum)>();
        for (int i = 0; i < nodes.Length; i++)
        {
            if (values[i].GetTensorTypeAndShape().Shape is not [1, var channels, var height, var width] || height != width || !sides.Contains((int)height))
                continue;
            bool isSum = nodes[i].OpType == "Add";
            if (isSum || !maps.TryGetValue((int)height, out var found) || !found.IsSum)
                maps[(int)height] = (new BackboneMap(names[i], (int)channels, (int)height), isSum);
        }
        return [.. maps.Values.Select(found => found.Map)];
    }
}
