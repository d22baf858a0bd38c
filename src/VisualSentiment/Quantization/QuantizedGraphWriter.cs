using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Quantization;

/// <summary>
/// Writes a quantized graph with standard operators: runtimes that support the pattern, such as ONNX Runtime, compute a
/// float operation between DequantizeLinear and QuantizeLinear on bytes; others compute the same with floats.
/// </summary>
internal sealed class QuantizedGraphWriter
{
    private readonly QuantizationPlan _plan;
    private readonly GraphProto _float;
    private readonly IReadOnlyDictionary<string, ValueStatistics> _statistics;
    private readonly Dictionary<QuantizedValue, QuantizationParameters> _parameters = [];
    private readonly Dictionary<string, string> _dequantized = [];
    private readonly QuantizedGraph _graph;

    private QuantizedGraphWriter(GraphProto graph, QuantizationPlan plan, IReadOnlyDictionary<string, ValueStatistics> statistics)
    {
        _graph = new QuantizedGraph(graph.ValueNames());
        _float = graph;
        _plan = plan;
        _statistics = statistics;
        foreach (var value in plan.Values.Values.Distinct())
            _parameters.Add(value, value.ToParameters(statistics[value.ObservedAs].Histogram));
    }

    /// <summary>Replaces the nodes and constants of a float graph by quantized ones.</summary>
    /// <param name="graph">The float graph.</param>
    /// <param name="plan">The plan of this graph.</param>
    /// <param name="statistics">The statistics of the plan's observed values.</param>
    public static void Write(GraphProto graph, QuantizationPlan plan, IReadOnlyDictionary<string, ValueStatistics> statistics)
    {
        var writer = new QuantizedGraphWriter(graph, plan, statistics);
        foreach (var node in graph.Node.Where(node => !plan.Dropped.Contains(node)))
            if (plan.Results.TryGetValue(node, out string? result))
                writer.WriteResult(node, result);
            else
                writer.WriteFloat(node);

        graph.Node.Clear();
        graph.Node.Add(writer._graph.Nodes);
        // The cast of pixels that a convolution reads as bytes is unused.
        graph.DropUnread();
        HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input)];
        TensorProto[] kept = [.. graph.Initializer.Where(constant => read.Contains(constant.Name))];
        graph.Initializer.Clear();
        graph.Initializer.Add(kept.Concat(writer._graph.Constants));
    }

    private void WriteFloat(NodeProto node)
    {
        var copy = node.Clone();
        for (int i = 0; i < node.Input.Count; i++)
            if (_plan.Values.TryGetValue(node.Input[i], out var value) && value.IsComputedInBytes)
                copy.Input[i] = _dequantized[node.Input[i]];
        if (_plan.WeightOnly.Contains(node))
        {
            TensorProto weight = _float.FindWeight(node, 1)!;
            var quantized = WeightQuantizer.Quantize(weight.ReadFloats(), (int)weight.Dims[0], WeightQuantizer.FloatLimit);
            copy.Input[1] = _graph.DequantizeWeights(weight, quantized).Weights;
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
            var input = _parameters[_plan.Values[node.Input[0]]];
            TensorProto weight = _float.FindWeight(node, 1)!;
            float[] bias = _float.FindWeight(node, 2)?.ReadFloats() ?? new float[weight.Dims[0]];
            var layer = QuantizedLayer.Create(weight.ReadFloats(), bias, (int)node.GetInteger("group", 1), input.Scale,
                _statistics[node.Input[0]].ChannelMeans);
            var (weights, biases) = _graph.DequantizeLayer(weight, layer, input);
            string pixels = copy.Input[0];
            copy.Input.Clear();
            copy.Input.Add([pixels, weights, biases]);
        }
        // Other nodes read the value after activation and quantization by the original name.
        copy.Output[0] = _graph.UniqueName($"{node.Output[0]}.result");
        _graph.Nodes.Add(copy);
        var parameters = _parameters[_plan.Values[result]];
        _dequantized[result] = _graph.Dequantize(result, _graph.Quantize(result, copy.Output[0], parameters), parameters);
    }

    /// <summary>The dequantized value; floats are quantized first.</summary>
    private string Dequantize(string name)
    {
        if (_dequantized.TryGetValue(name, out string? floats))
            return floats;
        QuantizedValue value = _plan.Values[name];
        var parameters = _parameters[value];
        return _dequantized[name] = _graph.Dequantize(name, value.Bytes ?? _graph.Quantize(name, name, parameters), parameters);
    }
}
