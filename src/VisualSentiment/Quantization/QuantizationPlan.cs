using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Quantization;

/// <summary>A value of the graph that is quantized to bytes.</summary>
/// <param name="observedAs">The value that determines the range.</param>
/// <param name="isComputedInBytes">Whether an integer operation computes it; otherwise floats are quantized.</param>
/// <param name="clamp">The clamping of a removed activation, which the range replaces.</param>
internal sealed class QuantizedValue(string observedAs, bool isComputedInBytes, Clamp clamp)
{
    /// <summary>The pooled value if a pooling follows, because smaller values need not be in the range.</summary>
    public string ObservedAs { get; set; } = observedAs;

    public bool IsComputedInBytes { get; } = isComputedInBytes;

    /// <summary>The existing value with the same numbers as bytes; null if there is none.</summary>
    public string? Bytes { get; init; }

    public QuantizationParameters ToParameters(ValueHistogram histogram)
    {
        if (Bytes is not null)
            return new QuantizationParameters(1, 0);
        var parameters = histogram.FindParameters(clamp.AtZero);
        // The range must not extend beyond an upper limit such as that of ReLU6.
        return clamp.Upper is { } upper && parameters.Scale * byte.MaxValue > upper
            ? QuantizationParameters.FromRange(0, upper) : parameters;
    }
}

/// <summary>An activation that only clamps, as quantization to a range does.</summary>
/// <param name="AtZero">Whether negative values become 0.</param>
/// <param name="Upper">The maximum; null for none.</param>
internal readonly record struct Clamp(bool AtZero, float? Upper)
{
    /// <summary>Reads ReLU or Clip from 0; null for other nodes.</summary>
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
/// The values of a float graph that are quantized to bytes, and the layers that compute on them: convolutions with the
/// following activation, and maximum pooling and sums whose inputs are bytes. The rest stays float, because the values after
/// the last convolution are small and determine the scores. Dense layers have quantized weights and compute with floats.
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

    /// <summary>The quantized values by name.</summary>
    public Dictionary<string, QuantizedValue> Values { get; } = [];

    /// <summary>The nodes that compute on bytes, with their result: the output of the node or of the following activation.</summary>
    public Dictionary<NodeProto, string> Results { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The layers with quantized weights only.</summary>
    public HashSet<NodeProto> WeightOnly { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The activations that a range replaces.</summary>
    public HashSet<NodeProto> Dropped { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The values that need statistics: those that determine ranges, and the inputs of convolutions.</summary>
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
                // The maximum of bytes needs no new range.
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

    /// <summary>The image's bytes, in any layout, that a value is cast from; null for other values.</summary>
    private string? FindPixels(string value)
    {
        NodeProto? cast = _graph.FindProducer(value);
        NodeProto? layout = cast?.OpType == "Cast" ? _graph.FindProducer(cast.Input[0]) : null;
        return layout?.OpType is "Reshape" or "Transpose" && layout.Input[0] == ModelNames.Pixels ? layout.Output[0] : null;
    }

    private bool IsLayer(NodeProto node) =>
        _graph.FindWeight(node, 1) is not null && (node.Input.Count < 3 || _graph.FindWeight(node, 2) is not null);

    // 256 steps for all logits are too coarse to find the maximum.
    private bool LeadsToLogits(string value) => _graph.FindOnlyConsumer(value) is { } next
        && (next.Output[0] == ModelNames.Logits
            || (next.OpType is "Flatten" or "Reshape" or "Identity" && LeadsToLogits(next.Output[0])));
}
