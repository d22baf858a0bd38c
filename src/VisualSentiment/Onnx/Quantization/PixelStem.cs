using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>
/// The convolution at the graph's begin, with the nodes that normalise the picture for it. Both are affine, so one integer
/// convolution of the picture's bytes computes them.
/// </summary>
internal sealed class PixelStem
{
    /// <summary>A byte as the share of the brightest: what the integer convolution takes its input for.</summary>
    public static QuantizationParameters Parameters { get; } = new(1f / byte.MaxValue, 0);

    private PixelStem(NodeProto convolution, NodeProto[] normalization, float[] scale, float[] shift)
    {
        Convolution = convolution;
        Normalization = normalization;
        Scale = scale;
        Shift = shift;
    }

    public NodeProto Convolution { get; }

    /// <summary>Cast, Mul, Add and Transpose.</summary>
    public IReadOnlyList<NodeProto> Normalization { get; }

    /// <summary>A byte x is fed to the network as x * scale + shift, channel by channel.</summary>
    private float[] Scale { get; }

    private float[] Shift { get; }

    /// <summary>The byte that is fed to the network as about 0: what stands where the convolution pads, to half a step.</summary>
    public byte[] Border => [.. Scale.Zip(Shift, (scale, shift) => (byte)Math.Clamp(Math.Round(-shift / scale), byte.MinValue, byte.MaxValue))];

    /// <summary>Null where the convolution is not fed the normalised picture alone.</summary>
    public static PixelStem? TryMatch(NodeProto convolution, GraphIndex index)
    {
        if (Before(convolution, "Transpose") is not { } transpose || Before(transpose, "Add") is not { } add
            || Before(add, "Mul") is not { } mul || Before(mul, "Cast") is not { } cast || cast.Input[0] != OnnxExporter.Pixels)
            return null;
        bool plain = convolution.GetInteger("group", 1) == 1 && convolution.GetIntegers("dilations", 1, 1) is [1, 1];
        return plain && transpose.GetIntegers("perm") is [0, 3, 1, 2]
            && index.FindWeight(mul, 1)?.ToFloats() is { Length: PixelFormat.Channels } scale
            && index.FindWeight(add, 1)?.ToFloats() is { Length: PixelFormat.Channels } shift
                ? new PixelStem(convolution, [cast, mul, add, transpose], scale, shift) : null;

        NodeProto? Before(NodeProto node, string operation) =>
            index.FindProducer(node.Input[0]) is { } before && before.OpType == operation && index.FindOnlyConsumer(before.Output[0]) == node ? before : null;
    }

    /// <summary>The layer and the normalisation before it in one, on bytes as <see cref="Parameters"/> has them.</summary>
    /// <param name="weights">The convolution's, [O, 3, H, W].</param>
    /// <param name="bias">The convolution's, for each output channel.</param>
    /// <param name="inputMeans">The mean of each normalised channel.</param>
    public QuantizedLayer Quantize(float[] weights, float[] bias, double[] inputMeans)
    {
        float[] folded = new float[weights.Length];
        double[] shifts = new double[bias.Length];
        int fanIn = weights.Length / bias.Length, kernel = fanIn / PixelFormat.Channels;
        for (int i = 0; i < weights.Length; i++)
        {
            int channel = i / kernel % PixelFormat.Channels;
            folded[i] = weights[i] * Scale[channel] / Parameters.Scale;
            shifts[i / fanIn] += (double)weights[i] * Shift[channel];
        }
        double[] means = [.. inputMeans.Select((mean, channel) => (mean - Shift[channel]) / Scale[channel] * Parameters.Scale)];
        return QuantizedLayer.Create(folded, [.. bias.Zip(shifts, (b, shift) => (float)(b + shift))], 1, Parameters.Scale, means);
    }
}
