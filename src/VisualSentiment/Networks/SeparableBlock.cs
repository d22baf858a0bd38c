using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// A depthwise and a pointwise convolution, each followed by batch normalization and ReLU (Howard et al. 2017). If the
/// shape does not change, the input is added before the last ReLU (He et al. 2016).
/// [N, inputs, H, W] -> [N, outputs, H / stride, W / stride].
/// </summary>
internal sealed class SeparableBlock : Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Sequential body;
    private readonly bool _isResidual;

    public SeparableBlock(int inputs, int outputs, int kernel, int stride = 1) : base(nameof(SeparableBlock))
    {
        _isResidual = stride == 1 && inputs == outputs;
        body = Sequential(
            ("depthwise", Conv2d(inputs, inputs, kernel, stride, padding: kernel / 2, groups: inputs, bias: false)),
            ("bn1", BatchNorm2d(inputs)),
            ("relu", ReLU()),
            ("pointwise", Conv2d(inputs, outputs, kernel_size: 1, bias: false)),
            ("bn2", BatchNorm2d(outputs)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor x = body.call(input);
        return (_isResidual ? x.add_(input) : x).relu_().MoveToOuterDisposeScope();
    }

    public string ExportOnnx(OnnxGraph graph, string input)
    {
        string x = graph.AddModule(nameof(body), body, input);
        return graph.AddNode("Relu", [_isResidual ? graph.AddNode("Add", [x, input]) : x]);
    }
}
