using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Export.Passes;

/// <summary>
/// Folds the normalization of the pixels, (x - mean) * scale per channel, into the convolution that reads it: its
/// weights become w * scale, its bias b - sum(w * scale * mean). This saves two passes over the largest array of the
/// graph. Computed in double precision.
/// </summary>
internal static class NormalizationFolding
{
    /// <summary>Changes the graph in place. Before a convolution with zero padding, the subtraction stays.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="subtract">The node that subtracts the mean [1, C, 1, 1] from the pixels [N, C, H, W].</param>
    /// <param name="multiply">The node that multiplies the difference by the scale [1, C, 1, 1].</param>
    public static void Apply(GraphProto graph, string subtract, string multiply)
    {
        NodeProto centering = graph.FindNode(subtract), scaling = graph.FindNode(multiply);
        NodeProto? conv = graph.Node.FirstOrDefault(node => node.OpType == "Conv" && node.Input[0] == scaling.Output[0]);
        // A weight that is computed, or that another node reads too, must not change.
        if (conv is null || graph.CountUses(scaling.Output[0]) > 1
            || !conv.Input.Skip(1).All(name => graph.FindConstant(name) is not null && graph.CountUses(name) == 1))
            return;

        TensorProto kernel = graph.FindConstant(conv.Input[1])!;
        TensorProto center = graph.FindConstant(centering.Input[1])!;
        float[] mean = center.ReadFloats(), scale = graph.FindConstant(scaling.Input[1])!.ReadFloats(), weights = kernel.ReadFloats();
        int outputs = (int)kernel.Dims[0], fan = weights.Length / outputs, area = (int)(kernel.Dims[2] * kernel.Dims[3]);
        int outputsOfGroup = outputs / (scale.Length / (int)kernel.Dims[1]);
        // In a grouped convolution, an output depends only on the channels of its group.
        int Channel(int weight) => weight / fan / outputsOfGroup * (int)kernel.Dims[1] + weight % fan / area;

        double[] scaled = [.. weights.Select((w, i) => (double)w * scale[Channel(i)])];
        kernel.WriteFloats([.. scaled.Select(w => (float)w)]);
        graph.Bypass(scaling, centering.Output[0]);
        if (Pads(conv))
            return;

        // A convolution without a bias uses the constant of the mean for it.
        bool biased = conv.Input.Count > 2;
        if (!biased)
        {
            conv.Input.Add(center.Name);
            center.Dims.Clear();
            center.Dims.Add(outputs);
        }
        TensorProto bias = graph.FindConstant(conv.Input[2])!;
        double[] shifted = biased ? [.. bias.ReadFloats()] : new double[outputs];
        for (int i = 0; i < scaled.Length; i++)
            shifted[i / fan] -= scaled[i] * mean[Channel(i)];
        bias.WriteFloats([.. shifted.Select(b => (float)b)]);
        graph.Bypass(centering, centering.Input[0]);
    }

    private static bool Pads(NodeProto conv) =>
        conv.Attribute.Any(attribute => attribute.Name == "pads" && attribute.Ints.Any(pad => pad != 0));
}
