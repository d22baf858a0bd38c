using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// A student for speed and accuracy: a 4 x 4 patch embedding, depthwise-separable blocks at 28 x 28, 14 x 14 and 7 x 7,
/// global average pooling and a dense layer. Most parameters are in the low-resolution stages. Input [N, 3, 224, 224],
/// output logits [N, C].
/// </summary>
internal static class CompactStudent
{
    // ONNX Runtime computes convolutions in blocks of 16 channels with AVX-512, in smaller blocks elsewhere.
    private const int ChannelBlock = 16;

    /// <param name="classes">The number of classes.</param>
    /// <param name="width">The factor of every layer's channels, which are rounded to multiples of 16.</param>
    /// <param name="small">
    /// Whether the first layers have fewer channels and the first two stages one block less.
    /// </param>
    public static Module<Tensor, Tensor> Create(int classes, double width, bool small = false)
    {
        int patch = Scale(small ? 16 : 32), fine = Scale(small ? 32 : 48), middle = Scale(96), coarse = Scale(192);
        return Sequential(
            // No padding, so that the exporter can fold the pixel normalization into the weights.
            ("stem", Sequential(
                ("conv", Conv2d(3, patch, kernel_size: 4, stride: 4, bias: false)),
                ("bn", BatchNorm2d(patch)),
                ("relu", ReLU()))),                                                 // 56 x 56
            ("stage1", Stage(patch, fine, small ? 1 : 2, kernel: 3)),               // 28 x 28
            ("stage2", Stage(fine, middle, small ? 1 : 2, kernel: 3)),              // 14 x 14
            ("stage3", Stage(middle, coarse, 2, kernel: 5)),                        // 7 x 7
            ("pool", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()),
            ("dropout", Dropout(0.2)),
            ("fc", Linear(coarse, classes)));

        int Scale(int channels) => ChannelBlock
            * Math.Max(1, (int)Math.Round(channels * width / ChannelBlock, MidpointRounding.AwayFromZero));
    }

    // Halves the resolution, then adds residual blocks.
    private static Module<Tensor, Tensor> Stage(int inputs, int outputs, int blocks, int kernel) => Sequential(
    [
        ("down", new SeparableBlock(inputs, outputs, kernel: 5, stride: 2)),
        .. Enumerable.Range(1, blocks).Select(block =>
            ($"block{block}", (Module<Tensor, Tensor>)new SeparableBlock(outputs, outputs, kernel))),
    ]);
}
