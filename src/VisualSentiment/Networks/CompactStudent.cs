using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// The student made for speed: patches of 4 x 4 pixels, depthwise-separable blocks at 28, 14 and 7 pixels, global average
/// pooling and a dense layer. Most parameters stand where a picture has few pixels left. Input [N, 3, 224, 224], output
/// logits [N, C].
/// </summary>
internal static class CompactStudent
{
    // ONNX Runtime computes convolutions in blocks of 16 channels where the processor has AVX-512, in smaller ones elsewhere.
    private const int ChannelBlock = 16;

    /// <param name="classes">C.</param>
    /// <param name="width">What the channels of every layer are multiplied by, then rounded to whole blocks of 16.</param>
    public static Module<Tensor, Tensor> Create(int classes, double width)
    {
        int patch = Scale(16), fine = Scale(32), middle = Scale(96), coarse = Scale(192);
        return Sequential(
            // Without padding, so that the exporter can fold the normalisation of the pixels into the weights.
            ("stem", Sequential(
                ("conv", Conv2d(3, patch, kernel_size: 4, stride: 4, bias: false)),
                ("bn", BatchNorm2d(patch)),
                ("relu", ReLU()))),                                                     // 56 x 56
            ("stage1", Sequential(
                ("down", new SeparableBlock(patch, fine, kernel: 5, stride: 2)),
                ("block1", new SeparableBlock(fine, fine, kernel: 3)))),                // 28 x 28
            ("stage2", Sequential(
                ("down", new SeparableBlock(fine, middle, kernel: 5, stride: 2)),
                ("block1", new SeparableBlock(middle, middle, kernel: 3)))),            // 14 x 14
            ("stage3", Sequential(
                ("down", new SeparableBlock(middle, coarse, kernel: 5, stride: 2)),
                ("block1", new SeparableBlock(coarse, coarse, kernel: 5)),
                ("block2", new SeparableBlock(coarse, coarse, kernel: 5)))),            // 7 x 7
            ("pool", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()),
            ("dropout", Dropout(0.2)),
            ("fc", Linear(coarse, classes)));

        int Scale(int channels) => ChannelBlock * Math.Max(1, (int)Math.Round(channels * width / ChannelBlock, MidpointRounding.AwayFromZero));
    }
}
