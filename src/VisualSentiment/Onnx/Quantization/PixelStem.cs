using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>
/// The convolution at the graph's begin together with what lies before it. Layout, normalisation and convolution are affine,
/// so one integer convolution of the picture's bytes computes them.
/// </summary>
internal sealed class PixelStem
{
    /// <summary>A byte as the share of the brightest: what the integer convolution takes its input for.</summary>
    public static readonly QuantizationParameters Parameters = new(1f / byte.MaxValue, 0);

    private const int Channels = PixelFormat.Channels;

    private readonly float[] _weights;
    private readonly float[] _bias;

    private PixelStem(NodeProto convolution, IReadOnlyCollection<NodeProto> before, PixelPath path, TensorProto weight, TensorProto? bias)
    {
        Convolution = convolution;
        Before = before;
        Name = weight.Name;
        long[] strides = convolution.GetIntegers("strides", 1, 1);
        int columns = path.IsInterleaved ? Channels : 1;
        Outputs = (int)weight.Dims[0];
        Kernel = [weight.Dims[2], weight.Dims[3] / columns];
        Strides = [strides[0], strides[1] / columns];
        Pads = convolution.GetIntegers("pads", 0, 0, 0, 0);
        Border = [.. path.Scale.Zip(path.Shift, (scale, shift) => (byte)Math.Clamp(Math.Round(-shift / scale), byte.MinValue, byte.MaxValue))];

        float[] weights = weight.ReadFloats();
        double[] biases = bias is null ? new double[Outputs] : [.. bias.ReadFloats()];
        _weights = new float[weights.Length];
        int positions = (int)(Kernel[0] * Kernel[1]), fanIn = positions * Channels;
        for (int i = 0; i < weights.Length; i++)
        {
            int channel = path.IsInterleaved ? i % Channels : i / positions % Channels;
            int position = path.IsInterleaved ? i % fanIn / Channels : i % positions;
            _weights[i / fanIn * fanIn + position * Channels + channel] = (float)(weights[i] * path.Scale[channel] / Parameters.Scale);
            biases[i / fanIn] += weights[i] * path.Shift[channel];
        }
        _bias = [.. biases.Select(b => (float)b)];
    }

    public NodeProto Convolution { get; }

    /// <summary>The nodes between the picture and the convolution.</summary>
    public IReadOnlyCollection<NodeProto> Before { get; }

    /// <summary>What the weights are called.</summary>
    public string Name { get; }

    /// <summary>The channels that come out.</summary>
    public int Outputs { get; }

    /// <summary>Height and width of the kernel, in pixels.</summary>
    public long[] Kernel { get; }

    /// <summary>Down and along, in pixels.</summary>
    public long[] Strides { get; }

    /// <summary>Top, left, bottom and right, in pixels.</summary>
    public long[] Pads { get; }

    /// <summary>The pixel that the network takes for about 0, to half a step: what stands where the convolution pads.</summary>
    public byte[] Border { get; }

    /// <summary>Null where the convolution is fed something else than the picture, channel by channel.</summary>
    public static PixelStem? TryMatch(NodeProto convolution, GraphIndex index)
    {
        List<NodeProto> before = [];
        for (string value = convolution.Input[0]; value != OnnxExporter.Pixels; value = before[^1].Input[0])
        {
            NodeProto reader = before.Count == 0 ? convolution : before[^1];
            if (index.FindProducer(value) is not { Input.Count: > 0 } node || index.FindOnlyConsumer(value) != reader)
                return null;
            before.Add(node);
        }
        before.Reverse();
        bool plain = convolution.GetInteger("group", 1) == 1 && convolution.GetIntegers("dilations", 1, 1) is [1, 1];
        return plain && PixelPath.TryRead(before, index) is { } path && (convolution.Input.Count < 3 || index.FindWeight(convolution, 2) is not null)
            && index.FindWeight(convolution, 1) is { } weight
                ? new PixelStem(convolution, before, path, weight, index.FindWeight(convolution, 2)) : null;
    }

    /// <summary>The layer on bytes as <see cref="Parameters"/> has them, its weights [O, H, W, C]: as pixels lie in memory.</summary>
    /// <param name="means">The mean byte of each channel.</param>
    public QuantizedLayer Quantize(double[] means) => QuantizedLayer.Create(
        _weights, _bias, Parameters.Scale, (_, i) => means[i % Channels] * Parameters.Scale,
        QuantizedLayer.BothOrders((int)Kernel[0], (int)Kernel[1] * Channels));
}
