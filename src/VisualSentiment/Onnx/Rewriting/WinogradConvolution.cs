using System.Runtime.InteropServices;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Quantization;

namespace VisualSentiment.Onnx.Rewriting;

/// <summary>
/// A 3 x 3 convolution whose outputs are rectified and averaged over all positions, computed in tiles of 4 x 4 outputs with 36
/// multiplications for each pair of channels instead of 144 (Lavin and Gray 2016, Fast Algorithms for Convolutional Neural
/// Networks). The same function up to rounding, some 1e-6 of the logits.
/// </summary>
/// <remarks>
/// Everything heavy is a convolution in channels of 16, which ONNX Runtime computes fastest: the transform of the input is one
/// convolution for each of the six rows of <see cref="WinogradTiles.Input"/>, channel by channel, first down and then along;
/// the products are one convolution of 1 x 1 in 36 groups. Only outputs go through small matrix products. They are
/// averaged at once, so that nobody has to put the tiles together again.
/// </remarks>
internal sealed class WinogradConvolution
{
    private const int ChannelBlock = 16;
    /// <summary>Numbers in the weights or the input: the transforms of more would take more memory than the convolution may.</summary>
    private const long MaxNumbers = 1 << 20;

    private const int Side = WinogradTiles.Side, Points = Side * Side, Step = WinogradTiles.Outputs, TileOutputs = Step * Step;

    private readonly NodeProto _convolution;
    private readonly NodeProto _relu;
    private readonly NodeProto _average;
    private readonly TensorProto _weight;
    private readonly TensorProto? _bias;
    private readonly PlaneSize _input;

    private WinogradConvolution(
        NodeProto convolution, NodeProto relu, NodeProto average, TensorProto weight, TensorProto? bias, PlaneSize input)
    {
        _convolution = convolution;
        _relu = relu;
        _average = average;
        _weight = weight;
        _bias = bias;
        _input = input;
    }

    /// <summary>Elsewhere ONNX Runtime computes convolutions channel by channel without blocks, and this has not been measured.</summary>
    public static bool PaysHere => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Null where the node is no such convolution, or too small for the transforms to pay.</summary>
    public static WinogradConvolution? TryMatch(NodeProto node, GraphIndex index)
    {
        if (node.OpType != "Conv" || index.FindWeight(node, 1) is not { } weight || weight.Dims is not [var outputs, var inputs, 3, 3])
            return null;
        bool plain = node.GetInteger("group", 1) == 1 && node.GetIntegers("dilations", 1, 1) is [1, 1] && node.GetIntegers("strides", 1, 1) is [1, 1]
            && node.GetIntegers("pads", 0, 0, 0, 0).All(pad => pad == 0) && node.Attribute.All(attribute => attribute.Name != "auto_pad");
        // Transforms cost as much as so many channels at either end.
        bool large = inputs >= 2 * ChannelBlock && outputs >= 2 * ChannelBlock && inputs % ChannelBlock == 0 && outputs % ChannelBlock == 0
            && inputs * outputs * 9 <= MaxNumbers;
        TensorProto? bias = index.FindWeight(node, 2);
        if (!plain || !large || (node.Input.Count > 2 && bias is null))
            return null;
        return index.FindOnlyConsumer(node.Output[0]) is { OpType: "Relu" } relu
            && index.FindOnlyConsumer(relu.Output[0]) is { OpType: "GlobalAveragePool" } average
            && PlaneSize.TryFind(node.Input[0], index) is { Height: >= 3 * Step, Width: >= 3 * Step } input
            && inputs * input.Height * input.Width <= MaxNumbers
                ? new WinogradConvolution(node, relu, average, weight, bias, input) : null;
    }

    /// <summary>Puts the tiles in the place of the convolution, its ReLU and the average.</summary>
    public void Replace(GraphProto graph)
    {
        int outputs = (int)_weight.Dims[0], inputs = (int)_weight.Dims[1];
        PlaneSize wanted = new(_input.Height - 2, _input.Width - 2);
        PlaneSize tiles = new((wanted.Height + Step - 1) / Step, (wanted.Width + Step - 1) / Step);
        var nodes = new NodeInsertion(graph, _convolution);

        string down = TransformInput(nodes, _convolution.Input[0], inputs, Step * tiles.Height + 2 - _input.Height, vertical: true);
        string both = TransformInput(nodes, down, Side * inputs, Step * tiles.Width + 2 - _input.Width, vertical: false);
        string products = nodes.Add("Conv",
            [both, nodes.AddWeight(TransformWeights(outputs, inputs), Points * outputs, inputs, 1, 1), nodes.AddWeight(SpreadBias(outputs), Points * outputs)],
            ("group", Points), ("kernel_shape", new long[] { 1, 1 }));

        string last = nodes.Add("Transpose", [products], ("perm", new long[] { 0, 2, 3, 1 }));
        string perTile = nodes.Add("Reshape", [last, nodes.AddIntegers(-1, Points, outputs)]);
        string values = nodes.Add("MatMul", [nodes.AddWeight(WinogradTiles.OutputOfSquare(), TileOutputs, Points), perTile]);
        string rectified = nodes.Add("Relu", [values]);
        string all = nodes.Add("Reshape", [rectified, nodes.AddIntegers(-1, tiles.Height * tiles.Width * TileOutputs, outputs)]);
        string mean = nodes.Add("MatMul", [nodes.AddWeight(MeanOf(wanted, tiles), 1, tiles.Height * tiles.Width * TileOutputs), all]);
        string result = nodes.Add("Reshape", [mean, nodes.AddIntegers(-1, outputs, 1, 1)]);

        graph.Bypass(_average, result);
        graph.Bypass(_relu, result);
        graph.Bypass(_convolution, result);
    }

    /// <summary>Six convolutions of six rows (or columns) to one, each channel by itself, side by side as channels.</summary>
    private static string TransformInput(NodeInsertion nodes, string value, int channels, int padding, bool vertical)
    {
        long[] Directed(long along, long across) => vertical ? [along, across] : [across, along];
        string[] parts = [.. Enumerable.Range(0, Side).Select(point =>
        {
            float[] row = [.. Enumerable.Range(0, Side).Select(i => (float)WinogradTiles.Input[point, i])];
            float[] weights = [.. Enumerable.Repeat(row, channels).SelectMany(copy => copy)];
            return nodes.Add("Conv", [value, nodes.AddWeight(weights, [channels, 1, .. Directed(Side, 1)])],
                ("group", channels), ("kernel_shape", Directed(Side, 1)), ("strides", Directed(Step, 1)), ("pads", (long[])[0, 0, .. Directed(padding, 0)]));
        })];
        return nodes.Add("Concat", parts, ("axis", 1));
    }

    /// <summary>[36 outputs, inputs]: group by group, column of the tile by column.</summary>
    private float[] TransformWeights(int outputs, int inputs)
    {
        float[] kernels = _weight.ReadFloats(), transformed = new float[Points * outputs * inputs];
        for (int pair = 0; pair < outputs * inputs; pair++)
        {
            ReadOnlySpan<float> kernel = kernels.AsSpan(9 * pair, 9);
            for (int x = 0; x < Side; x++)
                for (int y = 0; y < Side; y++)
                {
                    double sum = 0;
                    for (int i = 0; i < 9; i++)
                        sum += WinogradTiles.Kernel[y, i / 3] * WinogradTiles.Kernel[x, i % 3] * kernel[i];
                    transformed[(x * Side + y) * outputs * inputs + pair] = (float)sum;
                }
        }
        return transformed;
    }

    /// <summary>The bias as one of the 36 groups, from which every output of a tile gets it once.</summary>
    private float[] SpreadBias(int outputs)
    {
        float[] spread = new float[Points * outputs];
        _bias?.ReadFloats().CopyTo(spread, (WinogradTiles.PointAtOne * Side + WinogradTiles.PointAtOne) * outputs);
        return spread;
    }

    /// <summary>The weight of every output of every tile: those that reach past the picture count nothing.</summary>
    private static float[] MeanOf(PlaneSize wanted, PlaneSize tiles)
    {
        float[] weights = new float[tiles.Height * tiles.Width * TileOutputs];
        for (int i = 0; i < weights.Length; i++)
        {
            var (tile, output) = Math.DivRem(i, TileOutputs);
            int y = tile / tiles.Width * Step + output % Step, x = tile % tiles.Width * Step + output / Step;
            weights[i] = y < wanted.Height && x < wanted.Width ? 1f / (wanted.Height * wanted.Width) : 0;
        }
        return weights;
    }
}
