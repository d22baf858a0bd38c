using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Onnx.Evidence;

/// <summary>The size of features over a picture.</summary>
internal readonly record struct FeatureGrid(int Channels, int Height, int Width)
{
    /// <summary>The sizes of values [1, K, H, W] of a validated graph; null where a value has another shape.</summary>
    public static FeatureGrid?[] Measure(GraphProto graph, string[] values)
    {
        var shapes = GraphCheck.Run(graph, graph.CalculateSize());
        return [.. values.Select(value => shapes[value].Dims is [_, var channels, var height, var width]
            ? new FeatureGrid((int)channels, (int)height, (int)width) : (FeatureGrid?)null)];
    }
}
