using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>
/// Writes a planned graph with standard operators alone: a float operation between DequantizeLinear and QuantizeLinear is what
/// ONNX Runtime, and other runtimes that know the pattern, compute on bytes; the rest compute the same with floats.
/// </summary>
internal sealed class QuantizedGraphWriter
{
    private readonly QuantizationPlan _plan;
    private readonly GraphIndex _index;
    private readonly IReadOnlyDictionary<string, ValueStatistics> _statistics;
    private readonly double[] _pixelMeans;
    private readonly Dictionary<QuantizedValue, QuantizationParameters> _parameters = [];
    private readonly Dictionary<string, string> _dequantized = [];
    private readonly QuantizedGraph _graph;
    private readonly PixelStemLayout? _stemLayout;

    private QuantizedGraphWriter(GraphProto graph, QuantizationPlan plan, IReadOnlyDictionary<string, ValueStatistics> statistics, double[] pixelMeans)
    {
        _graph = new QuantizedGraph(graph.Node.SelectMany(node => node.Output).Concat(graph.Initializer.Select(constant => constant.Name)));
        _plan = plan;
        _index = new GraphIndex(graph);
        _stemLayout = plan.Stem is { } stem ? PixelStemLayout.Create(stem, _index) : null;
        _statistics = statistics;
        _pixelMeans = pixelMeans;
        foreach (var value in plan.Values.Values.Distinct())
            _parameters.Add(value, value.ToParameters(statistics[value.ObservedAs].Histogram));
    }

    /// <summary>Replaces the graph's nodes and constants by those of its plan.</summary>
    /// <param name="graph">The float graph that was planned.</param>
    /// <param name="plan">What becomes bytes.</param>
    /// <param name="statistics">What calibration saw of the plan's values.</param>
    /// <param name="pixelMeans">The mean byte of each channel of the pictures.</param>
    public static void Write(GraphProto graph, QuantizationPlan plan, IReadOnlyDictionary<string, ValueStatistics> statistics, double[] pixelMeans)
    {
        var writer = new QuantizedGraphWriter(graph, plan, statistics, pixelMeans);
        foreach (var node in graph.Node.Except(plan.Dropped))
            writer.Write(node);

        HashSet<string> read = [.. writer._graph.Nodes.SelectMany(node => node.Input)];
        TensorProto[] kept = [.. graph.Initializer.Where(constant => read.Contains(constant.Name))];
        graph.Node.Clear();
        graph.Node.Add(writer._graph.Nodes);
        graph.Initializer.Clear();
        graph.Initializer.Add(kept.Concat(writer._graph.Constants));
    }

    private void Write(NodeProto node)
    {
        if (node == _plan.Stem?.Convolution)
            WriteStem(_plan.Stem);
        else if (node == _stemLayout?.Pooling)
            return;
        else if (_plan.Results.TryGetValue(node, out string? result))
            WriteResult(node, result);
        else
            WriteFloat(node);
    }

    private void WriteFloat(NodeProto node)
    {
        var copy = node.Clone();
        for (int i = 0; i < node.Input.Count; i++)
            if (_plan.Values.TryGetValue(node.Input[i], out var value) && value.IsComputedInBytes)
                copy.Input[i] = _dequantized[node.Input[i]];
        if (_plan.WeightOnly.Contains(node))
        {
            TensorProto weight = _index.FindWeight(node, 1)!;
            var quantized = WeightQuantizer.Quantize(weight.ReadFloats(), (int)weight.Dims[0], WeightQuantizer.FloatLimit);
            string bytes = _graph.Add<sbyte>($"{weight.Name}.bytes", DataType.Int8, quantized.Values, [.. weight.Dims]);
            copy.Input[1] = _graph.DequantizeWeights(weight.Name, bytes, quantized.Scales, axis: 0);
        }
        _graph.Nodes.Add(copy);
    }

    private void WriteResult(NodeProto node, string result)
    {
        var copy = node.Clone();
        for (int i = 0; i < (node.OpType == "Conv" ? 1 : node.Input.Count); i++)
            copy.Input[i] = Dequantize(node.Input[i]);
        if (node.OpType == "Conv")
        {
            var input = _plan.Values[node.Input[0]];
            TensorProto weight = _index.FindWeight(node, 1)!;
            var layer = QuantizedLayer.Create(weight.ReadFloats(), FindBias(node), (int)node.GetInteger("group", 1),
                _parameters[input].Scale, _statistics[node.Input[0]].ChannelMeans);
            string bytes = _graph.Add<sbyte>($"{weight.Name}.bytes", DataType.Int8, layer.Weights.Values, [.. weight.Dims]);
            var (weights, bias) = _graph.DequantizeLayer(weight.Name, bytes, layer, _parameters[input]);
            SetOperands(copy, copy.Input[0], weights, bias);
        }
        // The name stays with what others read: the value behind the activation and the bytes.
        copy.Output[0] = _graph.UniqueName($"{node.Output[0]}.result");
        _graph.Nodes.Add(copy);
        var parameters = _parameters[_plan.Values[result]];
        _dequantized[result] = _graph.Dequantize(result, _graph.Quantize(result, copy.Output[0], parameters), parameters);
    }

    private void WriteStem(PixelStem stem)
    {
        NodeProto node = stem.Convolution;
        var layout = _stemLayout!;
        // Pooling keeps the range of what it pools.
        string result = _plan.Results[layout.Pooling ?? node];
        var parameters = _parameters[_plan.Values[result]];
        var layer = stem.Quantize(_pixelMeans);
        string pixels = layout.AddInput(_graph);
        string bytes = layout.AddWeights(_graph, layer.Weights.Values);
        layer = layer.Repeat(layout.Copies);

        var convolution = new NodeProto { Name = node.Name, OpType = "Conv", Output = { _graph.UniqueName($"{node.Output[0]}.result") } };
        string input = _graph.Dequantize(OnnxExporter.Pixels, pixels, PixelStem.Parameters);
        var (weights, bias) = _graph.DequantizeLayer(stem.Name, bytes, layer, PixelStem.Parameters);
        SetOperands(convolution, input, weights, bias);
        convolution.SetIntegers("kernel_shape", layout.KernelShape);
        convolution.SetIntegers("strides", layout.Strides);
        _graph.Nodes.Add(convolution);
        string output = layout.AddOutput(_graph, _graph.Quantize(result, convolution.Output[0], parameters), parameters);
        _dequantized[result] = _graph.Dequantize(result, output, parameters);
    }

    /// <summary>The floats that a value's bytes stand for. Floats that no integer operation made are rounded to bytes first.</summary>
    private string Dequantize(string value)
    {
        if (_dequantized.TryGetValue(value, out string? floats))
            return floats;
        var parameters = _parameters[_plan.Values[value]];
        return _dequantized[value] = _graph.Dequantize(value, _graph.Quantize(value, value, parameters), parameters);
    }

    private float[] FindBias(NodeProto layer) =>
        _index.FindWeight(layer, 2)?.ReadFloats() ?? new float[_index.FindWeight(layer, 1)!.Dims[0]];

    private static void SetOperands(NodeProto node, params ReadOnlySpan<string> operands)
    {
        node.Input.Clear();
        foreach (string operand in operands)
            node.Input.Add(operand);
    }
}
