using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>What a picture goes through on its way to the first convolution: a byte x becomes x * scale + shift, channel by channel.</summary>
/// <param name="Scale">For red, green and blue.</param>
/// <param name="Shift">For red, green and blue.</param>
/// <param name="IsInterleaved">Rows reach the convolution as they lie in memory, as one channel of three times the width.</param>
internal sealed record PixelPath(double[] Scale, double[] Shift, bool IsInterleaved)
{
    private const int Channels = PixelFormat.Channels;

    /// <summary>Null where something else happens on the way.</summary>
    public static PixelPath? TryRead(IEnumerable<NodeProto> nodes, GraphIndex index)
    {
        double[] scale = [1, 1, 1], shift = [0, 0, 0];
        bool? interleaved = null;
        foreach (var node in nodes)
        {
            float[]? constants = index.FindWeight(node, 1)?.ReadFloats();
            switch (node.OpType)
            {
                case "Cast":
                    break;
                case "Transpose" when interleaved is null && node.GetIntegers("perm") is [0, 3, 1, 2]:
                    interleaved = false;
                    break;
                case "Reshape" when interleaved is null && index.FindIntegers(node, 1) is [0, 1, PixelFormat.Height, PixelFormat.Width * Channels]:
                    interleaved = true;
                    break;
                case "Mul" when constants is { Length: Channels }:
                    scale = [.. scale.Zip(constants, (s, c) => s * c)];
                    shift = [.. shift.Zip(constants, (s, c) => s * c)];
                    break;
                case "Add" or "Sub" when constants is { Length: Channels }:
                    int sign = node.OpType == "Add" ? 1 : -1;
                    shift = [.. shift.Zip(constants, (s, c) => s + sign * c)];
                    break;
                default:
                    return null;
            }
        }
        return interleaved is { } rows && scale.All(s => s != 0) ? new PixelPath(scale, shift, rows) : null;
    }
}
