using System.Runtime.InteropServices;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// An exported student as others would export it: input float [N, 3, 224, 224], values from 0 to 255, channel by channel, as
/// ML.NET's ExtractPixels gives them. The cast and the transposition at its beginning go; all else stays.
/// </summary>
internal static class FloatInputModel
{
    public const string Pixels = OnnxExporter.Pixels;
    public const string Score = OnnxExporter.Score;

    /// <exception cref="NotSupportedException">The student does not begin with a cast and a transposition.</exception>
    public static byte[] Create(byte[] student)
    {
        var model = ModelProto.Parser.ParseFrom(student);
        GraphProto graph = model.Graph;
        foreach (string operation in (string[])["Transpose", "Cast"])
        {
            NodeProto node = graph.Node.Single(n => n.Input.Contains(Pixels));
            if (node.OpType != operation)
                throw new NotSupportedException($"The student begins with {node.OpType} ('{node.Name}') where {operation} was expected.");
            graph.Node.Remove(node);
            foreach (NodeProto reader in graph.Node)
                for (int i = 0; i < reader.Input.Count; i++)
                    if (reader.Input[i] == node.Output[0])
                        reader.Input[i] = Pixels;
        }

        var type = graph.Input.Single().Type.TensorType;
        type.ElemType = (int)DataType.Float;
        foreach (var (i, size) in ((int[])[PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width]).Index())
            type.Shape.Dim[i + 1].DimValue = size;
        return Google.Protobuf.MessageExtensions.ToByteArray(model);
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
}
