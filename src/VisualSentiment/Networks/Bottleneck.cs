using TorchSharp.Modules;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// The residual block of ResNet-50 with the stride on the 3x3 convolution (He et al. 2016; torchvision's "v1.5").
/// [N, inputs, H, W] -> [N, 4 width, H / stride, W / stride].
/// </summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    public const int Expansion = 4;

    private readonly PointwiseConvolution conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly PointwiseConvolution conv3;
    private readonly BatchNorm2d bn3;
    private readonly Sequential? downsample;

    public Bottleneck(int inputs, int width, int stride) : base(nameof(Bottleneck))
    {
        int outputs = width * Expansion;
        conv1 = new PointwiseConvolution(inputs, width);
        bn1 = BatchNorm2d(width);
        conv2 = Conv2d(width, width, kernel_size: 3, stride: stride, padding: 1, bias: false);
        bn2 = BatchNorm2d(width);
        conv3 = new PointwiseConvolution(width, outputs);
        bn3 = BatchNorm2d(outputs);
        if (stride != 1 || inputs != outputs)
            downsample = Sequential(new PointwiseConvolution(inputs, outputs, stride), BatchNorm2d(outputs));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor x = bn1.call(conv1.call(input)).relu_();
        x = bn2.call(conv2.call(x)).relu_();
        x = bn3.call(conv3.call(x));
        x = x.add_(downsample is null ? input : downsample.call(input)).relu_();
        return x.MoveToOuterDisposeScope();
    }
}
