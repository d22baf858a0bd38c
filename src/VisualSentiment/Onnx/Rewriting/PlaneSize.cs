using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Quantization;

namespace VisualSentiment.Onnx.Rewriting;

/// <summary>Height and width of a value [N, C, H, W].</summary>
internal readonly record struct PlaneSize(int Height, int Width)
{
    /// <summary>Null where the way from the picture to the value leads through anything whose size is not plain to see.</summary>
    public static PlaneSize? TryFind(string value, GraphIndex index)
    {
        if (index.FindProducer(value) is not { Input.Count: > 0 } node)
            return null;
        string input = node.Input[0];
        switch (node.OpType)
        {
            case "Transpose" when input == OnnxExporter.Pixels && node.GetIntegers("perm") is [0, 3, 1, 2]:
                return new PlaneSize(PixelFormat.Height, PixelFormat.Width);
            case "Reshape" when input == OnnxExporter.Pixels && index.FindIntegers(node, 1) is [0, _, var height, var width]:
                return new PlaneSize((int)height, (int)width);
            case "Cast" or "Relu" or "Clip" or "Sub" or "Mul":
                return TryFind(input, index);
            case "Conv" or "MaxPool" or "AveragePool":
                return TryFind(input, index) is { } size ? TrySlide(node, size) : null;
            default:
                return null;
        }
    }

    private static PlaneSize? TrySlide(NodeProto node, PlaneSize input)
    {
        if (node.GetInteger("ceil_mode", 0) != 0 || node.Attribute.Any(attribute => attribute.Name == "auto_pad") || node.GetIntegers("kernel_shape") is not [_, _] kernel)
            return null;
        long[] strides = node.GetIntegers("strides", 1, 1), dilations = node.GetIntegers("dilations", 1, 1), pads = node.GetIntegers("pads", 0, 0, 0, 0);
        int Along(int axis, int size) => (int)((size + pads[axis] + pads[axis + 2] - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis] + 1);
        return new PlaneSize(Along(0, input.Height), Along(1, input.Width));
    }
}
