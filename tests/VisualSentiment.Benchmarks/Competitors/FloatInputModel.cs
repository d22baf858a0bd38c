using System.Runtime.InteropServices;
using Google.Protobuf;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// An exported student as others would export it: input float [N, 3, 224, 224], values from 0 to 255, channel by channel, as
/// ML.NET's ExtractPixels gives them. The cast and the transposition go, normalising works on channels; all else stays.
/// </summary>
internal static class FloatInputModel
{
    public const string Pixels = OnnxExporter.Pixels;
    public const string Score = OnnxExporter.Score;

    public static byte[] Create(byte[] student)
    {
        var model = ModelProto.Parser.ParseFrom(student);
        GraphProto graph = model.Graph;
        string end = Pixels;
        List<NodeProto> normalization = [];
        bool transposed = false;
        while (!transposed)
        {
            NodeProto node = graph.Node.Single(n => n.Input.Contains(end));
            switch (node.OpType)
            {
                case "Cast":
                    break;
                case "Transpose":
                    transposed = true;
                    break;
                case "Mul" or "Add":
                    normalization.Add(node);
                    break;
                default:
                    throw new NotSupportedException($"The student begins with {node.OpType} ('{node.Name}'), which this conversion does not know.");
            }
            end = node.Output[0];
            graph.Node.Remove(node);
        }

        graph.Input.Clear();
        graph.Input.Add(FloatPixels());
        string value = Pixels;
        for (int i = 0; i < normalization.Count; i++)
        {
            NodeProto node = normalization[i];
            string weight = node.Input.Single(name => graph.Initializer.Any(constant => constant.Name == name));
            TensorProto constant = graph.Initializer.Single(c => c.Name == weight);
            constant.Dims.Clear();
            constant.Dims.Add([PixelFormat.Channels, 1, 1]);
            node.Input.Clear();
            node.Input.Add([value, weight]);
            node.Output[0] = value = i == normalization.Count - 1 ? end : $"{Pixels}.{i}";
            graph.Node.Insert(i, node);
        }
        return model.ToByteArray();
    }

    /// <summary>Feeds the same random pixels to both.</summary>
    /// <exception cref="InvalidOperationException">They differ by more than rounding does.</exception>
    public static void ThrowIfDifferent(byte[] student, byte[] converted)
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        new Random(1).NextBytes(pixels);
        float[] floats = new float[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
            floats[i % PixelFormat.Channels * (pixels.Length / PixelFormat.Channels) + i / PixelFormat.Channels] = pixels[i];

        float[] expected = OneTensor.Score(student, pixels, [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        float[] actual = OneTensor.Score(converted, MemoryMarshal.AsBytes(floats.AsSpan()).ToArray(), [1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width]);
        float difference = expected.Zip(actual, (a, b) => MathF.Abs(a - b)).Max();
        if (!(difference < 1e-4f))
            throw new InvalidOperationException($"The student with a float input differs from the exported one by {difference} in a probability.");
    }

    private static ValueInfoProto FloatPixels()
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        foreach (int size in (int[])[PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width])
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto { Name = Pixels, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = shape } } };
    }
}
