using VisualSentiment;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OwnStudent;

/// <summary>
/// A custom module, squeeze and excitation (Hu et al. 2018): every channel is scaled by a factor from 0 to 1, which is computed from
/// the means of all channels. Input and output are [N, C, H, W].
/// </summary>
internal sealed class SqueezeExcite : Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Module<Tensor, Tensor> gate;

    public SqueezeExcite(int channels) : base(nameof(SqueezeExcite))
    {
        gate = Sequential(
            ("squeeze", AdaptiveAvgPool2d(1)), ("reduce", Conv2d(channels, channels / 4, kernel_size: 1)), ("relu", ReLU()),
            ("expand", Conv2d(channels / 4, channels, kernel_size: 1)), ("sigmoid", Sigmoid()));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor scale = gate.call(input);
        return input * scale;
    }

    // The same in ONNX: known modules are exported by the library, the product is a node.
    public string ExportOnnx(OnnxGraph graph, string input) => graph.AddNode("Mul", [input, graph.AddModule(nameof(gate), gate, input)]);
}
