using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>
/// Which values of a float graph are kept as bytes and which layers compute on them. Convolutions do, with the activation
/// behind them; maximum pooling and sums whose inputs are bytes do. Everything else stays float: what comes behind the last
/// convolution is small and decides the scores. Dense layers keep their weights as bytes and compute with floats.
/// </summary>
internal sealed class QuantizationPlan
{
    private readonly GraphIndex _index;

    public QuantizationPlan(GraphProto graph)
    {
        _index = new GraphIndex(graph);
        foreach (var node in graph.Node)
            Add(node);
    }

    /// <summary>The values that are kept as bytes, by name.</summary>
    public Dictionary<string, QuantizedValue> Values { get; } = [];

    /// <summary>The nodes that compute on bytes, with the value that each makes: its own output, or that of the activation behind it.</summary>
    public Dictionary<NodeProto, string> Results { get; } = [];

    /// <summary>The layers whose weights alone are bytes.</summary>
    public HashSet<NodeProto> WeightOnly { get; } = [];

    /// <summary>The nodes that disappear, because a range of bytes, or the first layer's weights, do their work.</summary>
    public HashSet<NodeProto> Dropped { get; } = [];

    /// <summary>The convolution that takes the picture's bytes as they are; null where there is none.</summary>
    public PixelStem? Stem { get; private set; }

    /// <summary>The values whose numbers must be known: those that decide ranges, and the inputs of convolutions.</summary>
    public IReadOnlyCollection<string> Observed => Values.Values.Select(value => value.ObservedAs)
        .Concat(Results.Keys.Where(node => node.OpType == "Conv" && node != Stem?.Convolution).Select(node => node.Input[0])).ToHashSet();

    private void Add(NodeProto node)
    {
        switch (node.OpType)
        {
            case "Conv" when IsLayer(node):
                if (Stem is null && PixelStem.TryMatch(node, _index) is { } stem && !LeadsToLogits(node.Output[0]))
                {
                    Stem = stem;
                    Dropped.UnionWith(stem.Before);
                    AddResult(node);
                }
                else if (LeadsToLogits(node.Output[0]))
                {
                    WeightOnly.Add(node);
                }
                else
                {
                    Values.TryAdd(node.Input[0], new QuantizedValue(node.Input[0], isComputedInBytes: false, default));
                    AddResult(node);
                }
                break;
            case "Gemm" when IsLayer(node):
                WeightOnly.Add(node);
                break;
            case "MaxPool" when Values.TryGetValue(node.Input[0], out var pooled) && pooled.IsComputedInBytes:
                // The largest byte is the largest number: no new range is needed.
                Values.Add(node.Output[0], pooled);
                Results.Add(node, node.Output[0]);
                if (_index.FindOnlyConsumer(node.Input[0]) == node)
                    pooled.ObservedAs = node.Output[0];
                break;
            case "Add" when node.Input.All(Values.ContainsKey) && !LeadsToLogits(node.Output[0]):
                AddResult(node);
                break;
        }
    }

    private void AddResult(NodeProto node)
    {
        string result = node.Output[0];
        Clamp clamp = default;
        if (_index.FindOnlyConsumer(result) is { } next && Clamp.TryRead(next, _index) is { } read)
        {
            clamp = read;
            Dropped.Add(next);
            result = next.Output[0];
        }
        Results.Add(node, result);
        Values.Add(result, new QuantizedValue(result, isComputedInBytes: true, clamp));
    }

    private bool IsLayer(NodeProto node) => _index.FindWeight(node, 1) is not null && (node.Input.Count < 3 || _index.FindWeight(node, 2) is not null);

    // 256 steps over all logits are too few to tell which is largest.
    private bool LeadsToLogits(string value) => _index.FindOnlyConsumer(value) is { } next
        && (next.Output[0] == OnnxExporter.Logits || (next.OpType is "Flatten" or "Reshape" or "Identity" && LeadsToLogits(next.Output[0])));
}
