using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Evidence;

/// <summary>The size of features over a picture.</summary>
internal readonly record struct FeatureGrid(int Channels, int Height, int Width)
{
    /// <summary>The sizes of values [1, K, H, W] of a graph, found by computing them once; null where a value has another shape.</summary>
    public static FeatureGrid?[] Measure(ModelProto model, string[] values)
    {
        using var session = ObservedModel.Load(model, values.Distinct());
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(new byte[PixelFormat.ByteCount],
            [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        using var results = session.Run(options, [model.Graph.Input[0].Name], [input], values);
        return [.. results.Select(result => result.GetTensorTypeAndShape().Shape is [_, var channels, var height, var width]
            ? new FeatureGrid((int)channels, (int)height, (int)width) : (FeatureGrid?)null)];
    }
}
