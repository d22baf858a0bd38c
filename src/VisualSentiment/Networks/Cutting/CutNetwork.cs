using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks.Cutting;

/// <summary>The first layers of a backbone, with its weights, for training. [N, 3, S, S] -> [N, C, S', S'].</summary>
internal sealed class CutNetwork : Module<Tensor, Tensor>, IStateless, IOnnxExportable
{
    private readonly ModuleList<Conv2d> convolutions;
    private readonly IReadOnlyList<BackboneLayer> _layers;
    private readonly Conv2d?[] _ofLayer;

    /// <param name="layers">The layers.</param>
    /// <param name="side">S.</param>
    /// <param name="trainedSide">Convolutions whose maps are larger keep the backbone's weights.</param>
    public CutNetwork(IReadOnlyList<BackboneLayer> layers, int side, int trainedSide) : base(nameof(CutNetwork))
    {
        _layers = layers;
        int[] sides = [side, .. new int[layers.Count]];
        _ofLayer = [.. layers.Select((layer, i) =>
        {
            int before = sides[layer.Inputs[0]];
            sides[i + 1] = layer.SideAfter(before);
            return layer is ConvolutionLayer convolution ? Create(convolution, trained: before <= trainedSide) : null;
        })];
        convolutions = [.. _ofLayer.OfType<Conv2d>()];
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var values = new Tensor[_layers.Count + 1];
        values[0] = input;
        for (int i = 0; i < _layers.Count; i++)
        {
            Tensor x = values[_layers[i].Inputs[0]];
            values[i + 1] = _layers[i] switch
            {
                ConvolutionLayer layer => _ofLayer[i]!.call(Pad(x, layer.Pads, 0)),
                MaxPoolLayer layer => functional.max_pool2d(Pad(x, layer.Pads, double.NegativeInfinity), layer.Kernel, layer.Strides),
                RectifierLayer { AtMostSix: true } => functional.relu6(x),
                RectifierLayer => functional.relu(x),
                SumLayer layer => x + values[layer.Inputs[1]],
                var other => throw new NotSupportedException(other.GetType().Name),
            };
        }
        return values[^1].MoveToOuterDisposeScope();
    }

    public string ExportOnnx(OnnxGraph graph, string input)
    {
        string[] values = [input, .. new string[_layers.Count]];
        for (int i = 0; i < _layers.Count; i++)
        {
            string x = values[_layers[i].Inputs[0]];
            values[i + 1] = _layers[i] switch
            {
                ConvolutionLayer layer => graph.AddNode("Conv", [x, graph.AddWeight("weight", _ofLayer[i]!.weight), graph.AddWeight("bias", _ofLayer[i]!.bias!)],
                    ("kernel_shape", layer.Shape[2..]), ("strides", layer.Strides), ("pads", layer.Pads), ("dilations", layer.Dilations), ("group", layer.Groups)),
                MaxPoolLayer layer => graph.AddNode("MaxPool", [x], ("kernel_shape", layer.Kernel), ("strides", layer.Strides), ("pads", layer.Pads)),
                RectifierLayer { AtMostSix: true } => graph.AddNode("Clip", [x, graph.AddWeight("minimum", [0f]), graph.AddWeight("maximum", [6f])]),
                RectifierLayer => graph.AddNode("Relu", [x]),
                SumLayer layer => graph.AddNode("Add", [x, values[layer.Inputs[1]]]),
                var other => throw new NotSupportedException(other.GetType().Name),
            };
        }
        return values[^1];
    }

    private static Conv2d Create(ConvolutionLayer layer, bool trained)
    {
        Conv2d convolution = Conv2d(layer.Shape[1] * layer.Groups, layer.Shape[0], (layer.Shape[2], layer.Shape[3]), stride: (layer.Strides[0], layer.Strides[1]),
            padding: IsEven(layer.Pads) ? (layer.Pads[0], layer.Pads[1]) : (0, 0), dilation: (layer.Dilations[0], layer.Dilations[1]), groups: layer.Groups, bias: true);
        using var noGradient = no_grad();
        using Tensor weights = tensor(layer.Weights, layer.Shape), bias = tensor(layer.Bias);
        convolution.weight.copy_(weights);
        convolution.bias!.copy_(bias);
        convolution.weight.requires_grad = trained;
        convolution.bias.requires_grad = trained;
        return convolution;
    }

    // libtorch's own padding is the same on both sides; TensorFlow's networks have an odd pixel at the bottom and the right.
    private static Tensor Pad(Tensor x, long[] pads, double value) => value == 0 && IsEven(pads) || pads.All(pad => pad == 0) ? x
        : functional.pad(x, [pads[1], pads[3], pads[0], pads[2]], value: value);

    private static bool IsEven(long[] pads) => pads[0] == pads[2] && pads[1] == pads[3];
}
