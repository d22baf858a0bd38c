using VisualSentiment.Onnx.Files;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction.Explanations;

/// <summary>A student with known weights: blue is calm, green hope, red rage.</summary>
internal static class ColorStudent
{
    private const int Cell = 16;

    public static readonly string[] Classes = ["calm", "hope", "rage"];

    public static byte[] Create(ImageFit fit = ImageFit.Fill)
    {
        float[] means = [.. Enumerable.Range(0, 9 * Cell * Cell).Select(i => i / (Cell * Cell) % 4 == 0 ? 1f / (Cell * Cell) : 0)];
        return BuiltStudent.Create(new OnnxModelInfo { Classes = Classes, Fit = fit, Normalization = PixelNormalization.ZeroToOne },
            (graph, value) => graph.AddLinear("fc", graph.AddMeans(graph.AddConvolution(value, means, new float[3], Cell)),
                [0, 0, 4, 0, 4, 0, 4, 0, 0], new float[3]));
    }
}
