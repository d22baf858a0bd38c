using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Tests.Support;

/// <summary>A small student with fixed weights, for tests of what comes after training.</summary>
internal static class ExportedStudent
{
    private const int Means = 3 * 7 * 7;

    public static readonly string[] Classes = ["amusement", "anger", "awe"];

    /// <summary>The bytes of its ONNX file.</summary>
    public static byte[] Create(ImageFit fit = ImageFit.Fill, string[]? classes = null, int seed = 7)
    {
        classes ??= Classes;
        var random = new Random(seed);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 3.5f * (random.NextSingle() - 0.5f))];
        return BuiltStudent.Create(new OnnxModelInfo { Classes = classes, Fit = fit, Teacher = "ResNet-50" }, (graph, value) =>
        {
            value = graph.AddNode("AveragePool", [value], ("kernel_shape", new long[] { 32, 32 }), ("strides", new long[] { 32, 32 }));
            value = graph.AddNode("Flatten", [value], ("axis", 1));
            return graph.AddLinear("fc", value, Numbers(Means * classes.Length), Numbers(classes.Length));
        });
    }
}
