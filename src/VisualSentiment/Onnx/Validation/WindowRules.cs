using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>Shape rules of operators over the spatial dimensions of [N, C, H, W], [N, C, L] and so on.</summary>
internal static class WindowRules
{
    public static Value[] Convolve(OperatorCall call)
    {
        Value input = call.Input(0), weight = call.Input(1);
        int spatial = input.Rank - 2;
        long group = call.Integer("group", 1);
        if (spatial < 1 || weight.Rank != input.Rank || group < 1 || input.IsEmpty || weight.IsEmpty)
            throw call.Invalid("its input and weights must be [N, C, H, W] and [O, C / groups, h, w]");
        long outputs = weight.Dims[0];
        long[] kernel = weight.Dims[2..];
        if (weight.Dims[1] != input.Dims[1] / group || input.Dims[1] % group != 0 || outputs % group != 0)
            throw call.Invalid($"its input and weights have different numbers of channels in {group} groups");
        if (call.Optional(2) is { } bias && (bias.Rank != 1 || bias.Dims[0] != outputs))
            throw call.Invalid("its bias has another number of channels");
        if (call.OptionalIntegers("kernel_shape") is { } stated && !stated.AsSpan().SequenceEqual(kernel))
            throw call.Invalid("its attribute 'kernel_shape' is not the shape of its weights");
        long[] size = Slide(call, input.Dims[2..], kernel, ceiling: false);
        var result = Value.Of(DataType.Float, [input.Dims[0], outputs, .. size]);
        long window = weight.Count / outputs;
        call.Charge(result.Count, window);
        // Integer convolutions allocate a byte for each input of each position of the kernel.
        call.Workspace = checked(result.Count / outputs * window * group);
        return [result];
    }

    public static Value[] Pool(OperatorCall call)
    {
        Value input = call.Input(0);
        if (input.Rank < 3 || input.IsEmpty)
            throw call.Invalid("its input must be [N, C, H, W]");
        long[] kernel = call.Integers("kernel_shape", input.Rank - 2, 0, 1);
        long[] size = Slide(call, input.Dims[2..], kernel, ceiling: call.Integer("ceil_mode", 0) != 0);
        var result = Value.Of(input.Type, [.. input.Dims[..2], .. size]);
        // Twice the cost of a convolution.
        call.Charge([result.Count, 2, .. kernel]);
        return [result];
    }

    public static Value[] PoolGlobally(OperatorCall call)
    {
        Value input = call.Input(0);
        if (input.Rank < 3 || input.IsEmpty)
            throw call.Invalid("its input must be [N, C, H, W]");
        long[] dims = [.. input.Dims];
        Array.Fill(dims, 1, 2, dims.Length - 2);
        return [Value.Of(input.Type, dims)];
    }

    /// <summary>Resizes some or all axes to constant sizes.</summary>
    public static Value[] Resize(OperatorCall call)
    {
        Value input = call.Input(0);
        if (call.Integer("antialias", 0) != 0 || call.Text("keep_aspect_ratio_policy", "stretch") != "stretch"
            || call.Text("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize"
            || call.Optional(2) is not null || input.IsEmpty)
            throw call.Invalid("only resizing to constant sizes without antialiasing and cropping is supported");
        int[] axes = call.OptionalIntegers("axes") is { } some ? [.. some.Select(axis => call.Axis(axis, input.Rank))]
            : [.. Enumerable.Range(0, input.Rank)];
        long[] sizes = call.Integers(3), dims = [.. input.Dims];
        if (sizes.Length != axes.Length || sizes.Any(size => size < 1))
            throw call.Invalid("its sizes do not match its axes");
        foreach (var (axis, size) in axes.Zip(sizes))
            dims[axis] = size;
        var result = Value.Of(input.Type, dims);
        if (call.Text("mode", "nearest") == "cubic")
            call.Charge(result.Count, Operator.VerySlow);
        return [result];
    }

    private static long[] Slide(OperatorCall call, long[] input, long[] kernel, bool ceiling)
    {
        int spatial = kernel.Length;
        long[] strides = call.Integers("strides", spatial, 1, 1), dilations = call.Integers("dilations", spatial, 1, 1);
        long[] pads = call.Integers("pads", 2 * spatial, 0, 0);
        string padding = call.Text("auto_pad", "NOTSET");
        long[] size = new long[spatial];
        for (int i = 0; i < spatial; i++)
        {
            long extent = (kernel[i] - 1) * dilations[i] + 1;
            long padded = input[i] + (padding == "NOTSET" ? pads[i] + pads[i + spatial] : 0);
            bool same = padding is "SAME_UPPER" or "SAME_LOWER";
            if (!same && padding is not ("NOTSET" or "VALID"))
                throw call.Invalid($"its attribute 'auto_pad' is '{padding}'");
            if (!same && extent > padded)
                throw call.Invalid("its window is larger than its input");
            size[i] = same ? (input[i] + strides[i] - 1) / strides[i]
                : (padded - extent + (ceiling ? strides[i] - 1 : 0)) / strides[i] + 1;
            // No window begins in the padding after the input.
            if (ceiling && !same && (size[i] - 1) * strides[i] >= input[i] + (padding == "NOTSET" ? pads[i] : 0))
                size[i]--;
        }
        return size;
    }
}
