using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>How the bytes of a picture, [N, H, W, 3], become the input of its first convolution, and what comes out of that.</summary>
internal sealed class PixelStemLayout
{
    private static readonly long[] ToChannelsFirst = [0, 3, 1, 2], ToChannelsLast = [0, 2, 3, 1];

    private readonly long[] _kernel;
    private readonly long[] _strides;
    private readonly long[] _pads;
    private readonly long _outputChannels;
    private readonly int _outputWidth;
    private readonly PixelBlocks? _blocks;

    private PixelStemLayout(NodeProto convolution, TensorProto weight, NodeProto? next)
    {
        _outputChannels = weight.Dims[0];
        _kernel = [weight.Dims[2], weight.Dims[3]];
        _strides = convolution.GetIntegers("strides", 1, 1);
        _pads = convolution.GetIntegers("pads", 0, 0, 0, 0);
        int width = PixelFormat.Width + (int)(_pads[1] + _pads[3]);
        _outputWidth = Steps(width, _kernel[1], _strides[1]);

        int wanted = _outputWidth;
        if (next is { OpType: "MaxPool" } && next.GetIntegers("pads", 0, 0, 0, 0) is [0, 0, 0, 0] && next.GetIntegers("dilations", 1, 1) is [1, 1]
            && next.GetInteger("ceil_mode", 0) == 0)
        {
            long window = next.GetIntegers("kernel_shape")[1], step = next.GetIntegers("strides", 1, 1)[1];
            wanted = (int)((Steps(_outputWidth, window, step) - 1) * step + window);
        }
        _blocks = PixelBlocks.TryCreate(width, (int)_kernel[1], (int)_strides[1], wanted);
        if (_blocks is not null)
            _outputWidth = _blocks.OutputWidth >= _outputWidth ? _outputWidth : wanted;
    }

    /// <summary>How many outputs of the layer one output of the convolution holds.</summary>
    public int Outputs => _blocks?.Outputs ?? 1;

    public long[] KernelShape => [_kernel[0], _blocks?.KernelBlocks ?? _kernel[1]];

    public long[] Strides => [_strides[0], _blocks is null ? _strides[1] : 1];

    /// <param name="convolution">The graph's first convolution.</param>
    /// <param name="index">The float graph.</param>
    public static PixelStemLayout Create(NodeProto convolution, GraphIndex index)
    {
        // Of the outputs, pooling may leave the last columns unread.
        var next = index.FindOnlyConsumer(convolution.Output[0]);
        if (next is not null && Clamp.TryRead(next, index) is not null)
            next = index.FindOnlyConsumer(next.Output[0]);
        return new PixelStemLayout(convolution, index.FindWeight(convolution, 1)!, next);
    }

    /// <summary>From the picture to the bytes that the convolution reads; there is no padding left to do.</summary>
    public string AddInput(QuantizedGraph graph, byte[] border)
    {
        const string Name = OnnxExporter.Pixels;
        int right = _blocks is null ? (int)_pads[3] : _blocks.InputWidth - PixelFormat.Width - (int)_pads[1];
        int width = PixelFormat.Width + (int)_pads[1] + right;
        string value = OnnxExporter.Pixels;
        if (_pads[0] + _pads[1] + _pads[2] + right > 0)
        {
            string color = graph.Add<byte>($"{Name}.border", DataType.Uint8, border, 1, 1, 1, border.Length);
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
            value = Between("left", "right", _pads[1], right, 2, size => [PixelFormat.Height, size, PixelFormat.Channels]);
            value = Between("top", "bottom", _pads[0], _pads[2], 1, size => [size, width, PixelFormat.Channels]);
        }
        if (_blocks is not null)
            value = graph.Add($"{Name}.blocks", "Reshape",
                [value, graph.AddIntegers($"{Name}.blocks.shape", 0, 0, width / _blocks.Width, _blocks.Channels)]);
        return graph.Add($"{Name}.channels_first", "Transpose", [value], ("perm", ToChannelsFirst));
    }

    /// <summary>The weights that the convolution is given, made of those of the layer by nodes that are computed once.</summary>
    public string AddWeights(QuantizedGraph graph, TensorProto weight, sbyte[] values)
    {
        string name = weight.Name;
        if (_blocks is null)
            return graph.Add<sbyte>($"{name}.bytes", DataType.Int8, values, [.. weight.Dims]);

        // A row of the kernel as the pixels lie in memory, moved on by the stride for each output of a block.
        long row = _kernel[1] * PixelFormat.Channels, padded = (long)_blocks.KernelBlocks * _blocks.Channels;
        string rows = graph.Add<sbyte>($"{name}.bytes", DataType.Int8, ToPixelOrder(values), _outputChannels, _kernel[0], row);
        string[] moved = [.. Enumerable.Range(0, Outputs).Select(output =>
        {
            long before = output * _strides[1] * PixelFormat.Channels;
            return graph.Add($"{name}.moved", "Pad", [rows, graph.AddIntegers($"{name}.moved.pads", 0, 0, before, 0, 0, padded - row - before)]);
        })];
        string value = graph.Add($"{name}.all", "Concat", moved, ("axis", 0));
        value = graph.Add($"{name}.blocks", "Reshape",
            [value, graph.AddIntegers($"{name}.blocks.shape", Outputs * _outputChannels, _kernel[0], _blocks.KernelBlocks, _blocks.Channels)]);
        return graph.Add($"{name}.channels_first", "Transpose", [value], ("perm", ToChannelsFirst));
    }

    /// <summary>From the convolution's bytes to those of the layer.</summary>
    public string AddOutput(QuantizedGraph graph, string name, string value)
    {
        if (_blocks is null || (Outputs == 1 && _blocks.OutputWidth == _outputWidth))
            return value;
        value = graph.Add($"{name}.channels_last", "Transpose", [value], ("perm", ToChannelsLast));
        value = graph.Add($"{name}.pixels", "Reshape", [value, graph.AddIntegers($"{name}.pixels.shape", 0, 0, _blocks.OutputWidth, _outputChannels)]);
        if (_blocks.OutputWidth > _outputWidth)
            value = graph.Add($"{name}.wanted", "Slice",
                [value, graph.AddIntegers($"{name}.first", 0), graph.AddIntegers($"{name}.end", _outputWidth), graph.AddIntegers($"{name}.axis", 2)]);
        return graph.Add($"{name}.channels_first", "Transpose", [value], ("perm", ToChannelsFirst));
    }

    /// <summary>From [O, C, H, W] to [O, H, W, C].</summary>
    private sbyte[] ToPixelOrder(sbyte[] values)
    {
        int positions = (int)(_kernel[0] * _kernel[1]), channels = PixelFormat.Channels;
        sbyte[] ordered = new sbyte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int output = i / (channels * positions), channel = i / positions % channels, position = i % positions;
            ordered[(output * positions + position) * channels + channel] = values[i];
        }
        return ordered;
    }

    private static int Steps(long size, long window, long step) => (int)((size - window) / step + 1);
}
