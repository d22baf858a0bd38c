using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks.Cutting;

/// <summary>
/// A student that begins as the first layers of a backbone: the picture made smaller, the layers, global average pooling and a dense
/// layer. Input [N, 3, 224, 224], output logits [N, C].
/// </summary>
internal static class CutStudent
{
    public static Module<Tensor, Tensor> Create(BackboneLayers layers, StudentCutOptions options, int classes) => Sequential(
        ("shrink", AvgPool2d(options.Reduction)),
        ("layers", new CutNetwork(layers.Layers, Imaging.PixelFormat.Height / options.Reduction, options.TrainedSide)),
        ("pool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("fc", Linear(layers.Channels, classes)));
}
