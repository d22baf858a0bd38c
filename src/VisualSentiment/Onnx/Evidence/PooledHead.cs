using VisualSentiment.Distillation.Losses;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Evidence;

/// <summary>The end of a network: a global average pooling, and the nodes that make logits of what it pooled.</summary>
/// <param name="Features">The value that is pooled, [N, K, H, W].</param>
/// <param name="Pooled">What pooling makes of it, [N, K, 1, 1] or [N, K].</param>
/// <param name="KeepsGrid">Whether that has dimensions for height and width.</param>
/// <param name="Nodes">The head, in the order of the graph.</param>
/// <param name="Logits">What the head makes, [N, C].</param>
internal sealed record PooledHead(string Features, string Pooled, bool KeepsGrid, IReadOnlyList<NodeProto> Nodes, string Logits)
{
    /// <summary>
    /// The last global average pooling that everything in the logits went through; null where there is none. Weights may come
    /// from constants in any way, such as from bytes.
    /// </summary>
    public static PooledHead? Find(GraphProto graph, string logits)
    {
        IReadOnlyList<NodeProto> path = graph.FindAncestors(logits);
        HashSet<string> ofImage = graph.FindDescendants(graph.Input[0].Name);
        foreach (NodeProto pooling in path.Reverse().Where(node => IsGlobalAverage(graph, node)))
        {
            HashSet<string> ofPooled = graph.FindDescendants(pooling.Output[0]);
            NodeProto[] head = [.. path.Where(node => node.Input.Any(ofPooled.Contains))];
            bool seesPooledAlone = head.SelectMany(node => node.Input).All(input => ofPooled.Contains(input) || !ofImage.Contains(input));
            if (ofPooled.Contains(logits) && seesPooledAlone)
                return new PooledHead(pooling.Input[0], pooling.Output[0], pooling.OpType != "ReduceMean" || pooling.GetInteger("keepdims", 1) == 1, head, logits);
        }
        return null;
    }

    private static bool IsGlobalAverage(GraphProto graph, NodeProto node) => node.OpType == "GlobalAveragePool"
        || (node.OpType == "ReduceMean" && node.Input.Count > 1 && graph.FindConstant(node.Input[1]) is { } axes
            && axes.ReadIntegers().Select(axis => (axis + 4) % 4).Order().SequenceEqual([2, 3]));
}
