using VisualSentiment.Distillation.Losses;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx;

namespace VisualSentiment.Quantization;

/// <summary>A value of the graph that is stored as bytes.</summary>
/// <param name="observedAs">The value whose numbers decide the range.</param>
/// <param name="isComputedInBytes">Whether an integer operation computes it; otherwise a float is rounded to bytes.</param>
/// <param name="clamp">What the range of the bytes takes over from an activation that is left out.</param>
internal sealed class QuantizedValue(string observedAs, bool isComputedInBytes, Clamp clamp)
{
    /// <summary>Numbers that do not survive the pooling behind a convolution need no place in the range.</summary>
    public string ObservedAs { get; set; } = observedAs;

    public bool IsComputedInBytes { get; } = isComputedInBytes;

    /// <summary>The value as bytes that the float graph already has, each with its own value; null for none.</summary>
    public string? Bytes { get; init; }

    public QuantizationParameters ToParameters(ValueHistogram histogram)
    {
        if (Bytes is not null)
            return new QuantizationParameters(1, 0);
        var parameters = histogram.FindParameters(clamp.AtZero);
        // Where bytes reach beyond an upper limit such as ReLU6's, the limit is the end of the range.
        return clamp.Upper is { } upper && parameters.Scale * byte.MaxValue > upper
            ? QuantizationParameters.FromRange(0, upper) : parameters;
    }
}

/// <summary>An activation that only clamps, which the range of the bytes does by itself.</summary>
/// <param name="AtZero">Whether negative numbers become 0.</param>
/// <param name="Upper">The maximum; null for none.</param>
internal readonly record struct Clamp(bool AtZero, float? Upper)
{
    /// <summary>ReLU, or Clip from 0; null where the node is something else.</summary>
    public static Clamp? TryRead(NodeProto node, GraphProto graph) => node.OpType switch
    {
        "Relu" => new(true, null),
        "Clip" when graph.FindWeight(node, 1)?.ReadFloats() is [0] && node.Input.Count == 2 => new(true, null),
        "Clip" when graph.FindWeight(node, 1)?.ReadFloats() is [0]
            && graph.FindWeight(node, 2)?.ReadFloats() is [var upper] => new(true, upper),
        _ => null,
    };
}

/// <summary>
/// The values of a float graph that are stored as bytes, and the layers that compute on them. Convolutions do, with the
/// activation behind them; maximum pooling and sums whose inputs are bytes do. Everything else stays float: what comes
/// behind the last convolution is small and decides the scores. Dense layers store their weights as bytes and compute
/// with floats.
/// </summary>
internal sealed class QuantizationPlan
{
    private readonly GraphProto _graph;

    public QuantizationPlan(GraphProto graph)
    {
        _graph = graph;
        foreach (var node in graph.Node)
            Add(node);
    }

    /// <summary>The values that are stored as bytes, by name.</summary>
    public Dictionary<string, QuantizedValue> Values { get; } = [];

    /// <summary>The nodes that compute on bytes, with the value that each computes: its own output, or that of the activation behind it.</summary>
    public Dictionary<NodeProto, string> Results { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The layers of which only the weights are bytes.</summary>
    public HashSet<NodeProto> WeightOnly { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The activations that are left out, because a range of bytes replaces them.</summary>
    public HashSet<NodeProto> Dropped { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The values whose numbers must be known: those that decide ranges, and the inputs of convolutions.</summary>
    public IReadOnlyCollection<string> Observed => Values.Values.Select(value => value.ObservedAs)
        .Concat(Results.Keys.Where(node => node.OpType == "Conv").Select(node => node.Input[0])).ToHashSet();

    private void Add(NodeProto node)
    {
        switch (node.OpType)
        {
            case "Conv" when IsLayer(node):
                if (LeadsToLogits(node.Output[0]))
                {
                    WeightOnly.Add(node);
                    break;
                }
                Values.TryAdd(node.Input[0], new QuantizedValue(node.Input[0], isComputedInBytes: false, default)
                {
                    Bytes = FindPixels(node.Input[0]),
                });
                AddResult(node);
                break;
            case "Gemm" when IsLayer(node):
                WeightOnly.Add(node);
                break;
            case "MaxPool" when Values.TryGetValue(node.Input[0], out var pooled) && pooled.IsComputedInBytes:
                // The largest byte is the largest number: no new range is needed.
                Values.Add(node.Output[0], pooled);
                Results.Add(node, node.Output[0]);
                if (_graph.FindOnlyConsumer(node.Input[0]) == node)
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
        if (_graph.FindOnlyConsumer(result) is { } next && Clamp.TryRead(next, _graph) is { } read)
        {
            clamp = read;
            Dropped.Add(next);
            result = next.Output[0];
        }
        Results.Add(node, result);
        Values.Add(result, new QuantizedValue(result, isComputedInBytes: true, clamp));
    }

    /// <summary>The bytes of the image where a value is nothing but those as floats, in any layout; else null.</summary>
    private string? FindPixels(string value)
    {
        NodeProto? cast = _graph.FindProducer(value);
        NodeProto? layout = cast?.OpType == "Cast" ? _graph.FindProducer(cast.Input[0]) : null;
        return layout?.OpType is "Reshape" or "Transpose" && layout.Input[0] == ModelNames.Pixels ? layout.Output[0] : null;
    }

    private bool IsLayer(NodeProto node) =>
        _graph.FindWeight(node, 1) is not null && (node.Input.Count < 3 || _graph.FindWeight(node, 2) is not null);

    // 256 steps over all logits are too few to tell which is the maximum.
    private bool LeadsToLogits(string value) => _graph.FindOnlyConsumer(value) is { } next
        && (next.Output[0] == ModelNames.Logits
            || (next.OpType is "Flatten" or "Reshape" or "Identity" && LeadsToLogits(next.Output[0])));
}
