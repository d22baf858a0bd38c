using System.Runtime.InteropServices;
using Google.Protobuf;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// Converts an exported student to a float input [N, 3, 224, 224] with values from 0 to 255, as ML.NET's ExtractPixels returns them.
/// The nodes with which the library reads bytes in memory order are removed; all others stay.
/// </summary>
internal static class FloatInputModel
{
    public const string Pixels = ModelNames.Pixels;
    public const string Score = ModelNames.Score;

    /// <exception cref="NotSupportedException">The first nodes are not those that the library's exporter writes.</exception>
    public static byte[] Create(byte[] student)
    {
        var model = ModelProto.Parser.ParseFrom(student);
        GraphProto graph = model.Graph;
        NodeProto layout = Take(graph, "Transpose", "Reshape");
        Take(graph, "Cast");
        if (layout.OpType == "Reshape")
            ReadPlanes(graph, graph.Node.Single(node => node.Input.Contains(Pixels)));

        var type = graph.Input.Single().Type.TensorType;
        type.ElemType = (int)DataType.Float;
        foreach (var (i, size) in ((int[])[PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width]).Index())
            type.Shape.Dim[i + 1].DimValue = size;
        return model.ToByteArray();
    }

    /// <summary>Removes the node that reads the pixels. The nodes that read its output read the pixels instead.</summary>
    private static NodeProto Take(GraphProto graph, params string[] operations)
    {
        NodeProto node = graph.Node.Single(n => n.Input.Contains(Pixels));
        if (!operations.Contains(node.OpType))
            throw new NotSupportedException($"The student begins with {node.OpType} ('{node.Name}'), not with {string.Join(" or ", operations)}.");
        graph.Bypass(node, Pixels);
        return node;
    }

    /// <summary>
    /// Converts a convolution over rows of interleaved pixels, [O, 1, rows, 3 columns] with three times the horizontal stride, to one
    /// over planes, [O, 3, rows, columns].
    /// </summary>
    private static void ReadPlanes(GraphProto graph, NodeProto convolution)
    {
        TensorProto kernel = graph.FindConstant(convolution.Input[1])!;
        float[] interleaved = kernel.ReadFloats(), planes = new float[interleaved.Length];
        int rows = (int)kernel.Dims[2], columns = (int)kernel.Dims[3] / PixelFormat.Channels;
        for (int i = 0; i < interleaved.Length; i++)
        {
            int channel = i % PixelFormat.Channels, column = i / PixelFormat.Channels % columns;
            int row = i / (PixelFormat.Channels * columns) % rows, output = i / (PixelFormat.Channels * columns * rows);
            planes[((output * PixelFormat.Channels + channel) * rows + row) * columns + column] = interleaved[i];
        }
        kernel.WriteFloats(planes);
        kernel.Dims[1] = PixelFormat.Channels;
        kernel.Dims[3] = columns;
        foreach (AttributeProto attribute in convolution.Attribute.Where(attribute => attribute.Name is "kernel_shape" or "strides"))
            attribute.Ints[1] /= PixelFormat.Channels;
    }

    /// <summary>Compares the outputs of both models for the same random pixels.</summary>
    /// <exception cref="InvalidOperationException">They differ by more than rounding errors.</exception>
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
}
