using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Export.Passes;

/// <summary>
/// Makes the first convolution read interleaved pixels, which saves transposing the image. A row of W pixels of three
/// channels is a row of 3 W numbers of one channel, and a kernel of k columns and stride s over the pixels is one of 3
/// k columns and stride 3 s over the numbers, with the same products and sums.
/// </summary>
internal static class InterleavedPixels
{
    private const int Channels = PixelFormat.Channels;

    /// <summary>Changes the graph in place if a convolution without padding, dilation and groups reads the cast bytes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="transpose">The node that transposes the bytes [N, H, W, 3] to [N, 3, H, W].</param>
    /// <param name="cast">The node that casts them to floats.</param>
    public static void Apply(GraphProto graph, string transpose, string cast)
    {
        NodeProto transposing = graph.FindNode(transpose), casting = graph.FindNode(cast);
        NodeProto? conv = graph.Node.FirstOrDefault(node => node.OpType == "Conv" && node.Input[0] == casting.Output[0]);
        if (conv is null || graph.CountUses(casting.Output[0]) > 1 || !IsPlain(conv)
            || graph.FindConstant(conv.Input[1]) is not { } kernel || graph.CountUses(kernel.Name) > 1)
            return;

        kernel.WriteFloats(Interleave(kernel.ReadFloats(), (int)kernel.Dims[0], (int)kernel.Dims[2], (int)kernel.Dims[3]));
        kernel.Dims[1] = 1;
        kernel.Dims[3] *= Channels;
        foreach (AttributeProto attribute in conv.Attribute.Where(attribute => attribute.Name is "kernel_shape" or "strides"))
            attribute.Ints[1] *= Channels;

        // 0 keeps the number of images.
        TensorProto shape = OnnxTensors.Create<long>($"{transposing.Input[0]}.shape", TensorProto.Types.DataType.Int64,
            [0, 1, PixelFormat.Height, PixelFormat.Width * Channels], 4);
        graph.Initializer.Add(shape);
        var reshaping = new NodeProto
        {
            Name = $"{transposing.Input[0]}.rows",
            OpType = "Reshape",
            Input = { transposing.Input[0], shape.Name },
            Output = { $"{transposing.Input[0]}.rows" },
        };
        graph.Node.Insert(graph.Node.IndexOf(transposing), reshaping);
        graph.Bypass(transposing, reshaping.Output[0]);
    }

    private static bool IsPlain(NodeProto conv) => conv.Attribute.All(attribute => attribute.Name switch
    {
        "pads" => attribute.Ints.All(pad => pad == 0),
        "dilations" => attribute.Ints.All(dilation => dilation == 1),
        "group" => attribute.I == 1,
        _ => true,
    });

    /// <summary>From [O, 3, rows, columns] to [O, 1, rows, 3 * columns].</summary>
    private static float[] Interleave(float[] weights, int outputs, int rows, int columns)
    {
        float[] interleaved = new float[weights.Length];
        int from = 0;
        for (int output = 0; output < outputs; output++)
            for (int channel = 0; channel < Channels; channel++)
                for (int row = 0; row < rows; row++)
                    for (int column = 0; column < columns; column++)
                        interleaved[((output * rows + row) * columns + column) * Channels + channel] = weights[from++];
        return interleaved;
    }
}
