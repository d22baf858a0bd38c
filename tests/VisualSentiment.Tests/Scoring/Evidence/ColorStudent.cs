using VisualSentiment.LibTorch;
using VisualSentiment.Onnx;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Scoring.Evidence;

/// <summary>A student with known weights: blue is calm, green hope, red rage.</summary>
internal static class ColorStudent
{
    public static readonly string[] Classes = ["calm", "hope", "rage"];

    public static byte[] Create(ImageFit fit = ImageFit.Fill)
    {
        LibTorchBackend.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var conv = nn.Conv2d(3, 3, kernel_size: 16, stride: 16);
        var head = nn.Linear(3, 3);
        using var network = nn.Sequential(("conv", conv), ("pool", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten()), ("fc", head));
        conv.weight.copy_(eye(3).reshape(3, 3, 1, 1).expand(3, 3, 16, 16) / 256);
        conv.bias!.zero_();
        head.weight.copy_(4 * eye(3).flip(0));
        head.bias!.zero_();
        return OnnxExporter.Export(network, new OnnxModelInfo { Classes = Classes, Fit = fit, Normalization = PixelNormalization.ZeroToOne });
    }
}
