using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>How the bytes of a picture, [N, H, W, 3], become the input of its first convolution, and what comes out of that.</summary>
internal sealed class PixelStemLayout
{
    private static readonly long[] ToChannelsFirst = [0, 3, 1, 2], ToChannelsLast = [0, 2, 3, 1];

    private readonly PixelStem _stem;
    private readonly int _outputWidth;
    private readonly PixelBlocks? _blocks;

    private PixelStemLayout(PixelStem stem, NodeProto? next)
    {
        _stem = stem;
        if (next is not null && TryCreateForPooling(stem, next) is { } blocks)
        {
            _blocks = blocks;
            _outputWidth = blocks.OutputWidth;
            Pooling = next;
            return;
        }
        int width = PixelFormat.Width + (int)(stem.Pads[1] + stem.Pads[3]);
        _outputWidth = Steps(width, stem.Kernel[1], stem.Strides[1]);
        // Of the outputs, pooling may leave the last columns unread.
        int wanted = next is null ? _outputWidth : WidthReadByPooling(next, _outputWidth);
        _blocks = PixelBlocks.TryCreate(width, (int)stem.Kernel[1], (int)stem.Strides[1], wanted);
        _outputWidth = Math.Min(_outputWidth, _blocks?.OutputWidth ?? _outputWidth);
    }

    /// <summary>The pooling behind the layer, where the layout does its work too; null where it does not.</summary>
    public NodeProto? Pooling { get; }

    /// <summary>How many outputs of the layer one output of the convolution holds.</summary>
    public int Copies => _blocks?.Outputs ?? 1;

    public long[] KernelShape => [_stem.Kernel[0], _blocks?.KernelBlocks ?? _stem.Kernel[1]];

    public long[] Strides => [_stem.Strides[0], _blocks is null ? _stem.Strides[1] : 1];

    /// <param name="stem">The graph's begin.</param>
    /// <param name="index">The float graph.</param>
    public static PixelStemLayout Create(PixelStem stem, GraphIndex index)
    {
        var next = index.FindOnlyConsumer(stem.Convolution.Output[0]);
        if (next is not null && Clamp.TryRead(next, index) is not null)
            next = index.FindOnlyConsumer(next.Output[0]);
        return new PixelStemLayout(stem, next is { OpType: "MaxPool" } ? next : null);
    }

    /// <summary>From the picture to the bytes that the convolution reads; there is no padding left to do.</summary>
    public string AddInput(QuantizedGraph graph)
    {
        const string Name = OnnxExporter.Pixels;
        if (Pooling is not null)
            return AddBlocks(graph, AddCopies(graph), _blocks!.InputWidth);
        int right = _blocks is null ? (int)_stem.Pads[3] : _blocks.InputWidth - PixelFormat.Width - (int)_stem.Pads[1];
        int width = PixelFormat.Width + (int)_stem.Pads[1] + right;
        string value = OnnxExporter.Pixels;
        if (_stem.Pads[0] + _stem.Pads[1] + _stem.Pads[2] + right > 0)
        {
            string color = graph.Add<byte>($"{Name}.border", DataType.Uint8, _stem.Border, 1, 1, 1, PixelFormat.Channels);
            string pictures = graph.Add($"{Name}.count", "Shape", [Name], ("start", 0), ("end", 1));
            string Frame(string side, params long[] shape) => graph.Add($"{Name}.{side}", "Expand",
                [color, graph.Add($"{Name}.{side}.shape", "Concat", [pictures, graph.AddIntegers($"{Name}.{side}.size", shape)], ("axis", 0))]);
            string Between(string before, string after, long sizeBefore, long sizeAfter, int axis, Func<long, long[]> shape)
            {
                string[] parts =
                [
                    .. sizeBefore > 0 ? [Frame(before, shape(sizeBefore))] : Array.Empty<string>(),
                    value,
                    .. sizeAfter > 0 ? [Frame(after, shape(sizeAfter))] : Array.Empty<string>(),
                ];
                return parts.Length == 1 ? value : graph.Add($"{Name}.framed", "Concat", parts, ("axis", axis));
            }
            value = Between("left", "right", _stem.Pads[1], right, 2, size => [PixelFormat.Height, size, PixelFormat.Channels]);
            value = Between("top", "bottom", _stem.Pads[0], _stem.Pads[2], 1, size => [size, width, PixelFormat.Channels]);
        }
        return AddBlocks(graph, value, width);
    }

    /// <summary>The weights that the convolution is given, made of those of the layer by nodes that are computed once.</summary>
    public string AddWeights(QuantizedGraph graph, sbyte[] values)
    {
        string name = _stem.Name;
        if (_blocks is null)
            return graph.Add($"{name}.channels_first", "Transpose",
                [graph.Add<sbyte>($"{name}.bytes", DataType.Int8, values, _stem.Outputs, _stem.Kernel[0], _stem.Kernel[1], PixelFormat.Channels)],
                ("perm", ToChannelsFirst));

        // A row of the kernel as the pixels lie in memory, moved on by the stride for each output of a block.
        long row = _stem.Kernel[1] * PixelFormat.Channels, padded = (long)_blocks.KernelBlocks * _blocks.Channels;
        string rows = graph.Add<sbyte>($"{name}.bytes", DataType.Int8, values, _stem.Outputs, _stem.Kernel[0], row);
        string[] moved = [.. Enumerable.Range(0, Copies).Select(output =>
        {
            long before = output * _stem.Strides[1] * PixelFormat.Channels;
            return graph.Add($"{name}.moved", "Pad", [rows, graph.AddIntegers($"{name}.moved.pads", 0, 0, before, 0, 0, padded - row - before)]);
        })];
        string value = graph.Add($"{name}.all", "Concat", moved, ("axis", 0));
        value = graph.Add($"{name}.blocks", "Reshape",
            [value, graph.AddIntegers($"{name}.blocks.shape", Copies * _stem.Outputs, _stem.Kernel[0], _blocks.KernelBlocks, _blocks.Channels)]);
        return graph.Add($"{name}.channels_first", "Transpose", [value], ("perm", ToChannelsFirst));
    }

    /// <summary>From the convolution's bytes to those of the layer, or of the pooling behind it.</summary>
    public string AddOutput(QuantizedGraph graph, string value, QuantizationParameters parameters)
    {
        value = AddPixels(graph, value);
        if (Pooling is null)
            return value;
        // Neighbours first; then a copy's outputs with those that stand where the next copy begins.
        long[] window = Pooling.GetIntegers("kernel_shape"), steps = Pooling.GetIntegers("strides", 1, 1);
        int copies = _blocks!.PictureCopies, pooled = _blocks.OutputWidth / Copies / copies;
        value = AddPooling(graph, value, parameters, [window[0], Copies], [steps[0], Copies], [1, 1]);
        return AddPooling(graph, value, parameters, [1, copies], [1, 1], [1, pooled]);
    }

    private static PixelBlocks? TryCreateForPooling(PixelStem stem, NodeProto pooling)
    {
        long window = pooling.GetIntegers("kernel_shape")[1];
        return IsPlain(pooling) && stem.Pads.All(pad => pad == 0) && pooling.GetIntegers("strides", 1, 1)[1] == window
            ? PixelBlocks.TryCreateForPooling(PixelFormat.Width, (int)stem.Kernel[1], (int)stem.Strides[1], (int)window) : null;
    }

    /// <summary>The picture several times side by side, [N, H, copies W, 3].</summary>
    private string AddCopies(QuantizedGraph graph)
    {
        const string Name = OnnxExporter.Pixels;
        int width = _blocks!.InputWidth / _blocks.PictureCopies, step = _blocks.Outputs * (int)_stem.Strides[1];
        string axis = graph.AddIntegers($"{Name}.copy.axis", 2);
        string[] copies = [.. Enumerable.Range(0, _blocks.PictureCopies).Select(copy => graph.Add($"{Name}.copy", "Slice",
            [Name, graph.AddIntegers($"{Name}.copy.first", copy * step), graph.AddIntegers($"{Name}.copy.end", copy * step + width), axis]))];
        return graph.Add($"{Name}.copies", "Concat", copies, ("axis", 2));
    }

    private string AddBlocks(QuantizedGraph graph, string value, int width)
    {
        const string Name = OnnxExporter.Pixels;
        if (_blocks is not null)
            value = graph.Add($"{Name}.blocks", "Reshape",
                [value, graph.AddIntegers($"{Name}.blocks.shape", 0, 0, width / _blocks.Width, _blocks.Channels)]);
        return graph.Add($"{Name}.channels_first", "Transpose", [value], ("perm", ToChannelsFirst));
    }

    private string AddPooling(QuantizedGraph graph, string value, QuantizationParameters parameters, long[] window, long[] strides, long[] dilations)
    {
        string name = Pooling!.Name;
        string pooled = graph.Add($"{name}.part", "MaxPool", [graph.Dequantize(name, value, parameters)],
            ("kernel_shape", window), ("strides", strides), ("dilations", dilations));
        return graph.Quantize(name, pooled, parameters);
    }

    /// <summary>The outputs of blocks as outputs in a row, channels first.</summary>
    private string AddPixels(QuantizedGraph graph, string value)
    {
        string name = _stem.Convolution.Name;
        if (_blocks is null || (Copies == 1 && _blocks.OutputWidth == _outputWidth))
            return value;
        value = graph.Add($"{name}.channels_last", "Transpose", [value], ("perm", ToChannelsLast));
        value = graph.Add($"{name}.pixels", "Reshape", [value, graph.AddIntegers($"{name}.pixels.shape", 0, 0, _blocks.OutputWidth, _stem.Outputs)]);
        if (_blocks.OutputWidth > _outputWidth)
            value = graph.Add($"{name}.wanted", "Slice",
                [value, graph.AddIntegers($"{name}.first", 0), graph.AddIntegers($"{name}.end", _outputWidth), graph.AddIntegers($"{name}.axis", 2)]);
        return graph.Add($"{name}.channels_first", "Transpose", [value], ("perm", ToChannelsFirst));
    }

    private static int WidthReadByPooling(NodeProto pool, int width)
    {
        long window = pool.GetIntegers("kernel_shape")[1], step = pool.GetIntegers("strides", 1, 1)[1];
        return IsPlain(pool) ? (int)((Steps(width, window, step) - 1) * step + window) : width;
    }

    private static bool IsPlain(NodeProto pool) => pool.GetIntegers("pads", 0, 0, 0, 0) is [0, 0, 0, 0]
        && pool.GetIntegers("dilations", 1, 1) is [1, 1] && pool.GetInteger("ceil_mode", 0) == 0;

    private static int Steps(long size, long window, long step) => (int)((size - window) / step + 1);
}
