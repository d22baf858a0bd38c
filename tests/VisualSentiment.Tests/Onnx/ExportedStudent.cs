using VisualSentiment.LibTorch;
using VisualSentiment.Onnx;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Onnx;

/// <summary>A small student with fixed weights, for tests of what comes after training.</summary>
internal static class ExportedStudent
{
    public static readonly string[] Classes = ["amusement", "anger", "awe"];

    /// <summary>The exported bytes.</summary>
    public static byte[] Create(ImageFit fit = ImageFit.Fill, string[]? classes = null)
    {
        classes ??= Classes;
        LibTorchBackend.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(("pool", nn.AvgPool2d(32)), ("flatten", nn.Flatten()), ("fc", nn.Linear(147, classes.Length)));
        using var noGrad = no_grad();
        using var generator = new Generator(7);
        foreach (var (_, parameter) in network.named_parameters())
            parameter.copy_(randn(parameter.shape, generator: generator));
        return OnnxExporter.Export(network, new OnnxModelInfo { Classes = classes, Fit = fit, Teacher = "ResNet-50" });
    }
}
