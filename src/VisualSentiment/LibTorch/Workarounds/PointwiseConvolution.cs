using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// Defect: oneDNN divides by zero when it prepares some 1 x 1 convolutions of ResNet-50 with channels-last input, such as 256
/// to 1,024 channels at 14 x 14 in batches of 20, and the process is terminated. Seen with libtorch 2.10.0 (oneDNN 3.7.1)
/// on fifth-generation AMD EPYC processors; no upstream issue is known.
/// Work-around: a 1 x 1 convolution without bias, computed as a matrix product over positions.
/// No longer needed if <c>WorkaroundTests.Pointwise_convolutions_of_residual_networks_end_the_process</c> fails.
/// </summary>
/// <remarks>
/// [N, inputs, H, W] -> [N, outputs, H / stride, W / stride]; weight [outputs, inputs, 1, 1], as in a <c>Conv2d</c>.
/// </remarks>
internal sealed class PointwiseConvolution : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly int _stride;

    public PointwiseConvolution(int inputs, int outputs, int stride = 1) : base(nameof(PointwiseConvolution))
    {
        _stride = stride;
        weight = Parameter(empty(outputs, inputs, 1, 1));
        using (no_grad())
            init.kaiming_uniform_(weight, Math.Sqrt(5));
        RegisterComponents();
    }

    public long Inputs => weight.shape[1];

    public long Outputs => weight.shape[0];

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor x = _stride == 1 ? input : input.index(
            TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Slice(step: _stride), TensorIndex.Slice(step: _stride));
        return functional.linear(x.permute(0, 2, 3, 1), weight.flatten(1)).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
