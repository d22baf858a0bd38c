using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Evidence;

/// <summary>The end of a network: a global average pooling, and the nodes that compute logits from the pooled features.</summary>
/// <param name="Features">The pooling's input, [N, K, H, W].</param>
/// <param name="Pooled">The pooling's output, [N, K, 1, 1] or [N, K].</param>
/// <param name="KeepsGrid">Whether the output has dimensions for height and width.</param>
/// <param name="Nodes">The nodes of the head, in the order of the graph.</param>
/// <param name="Logits">The output of the head, [N, C].</param>
internal sealed record PooledHead(string Features, string Pooled, bool KeepsGrid, IReadOnlyList<NodeProto> Nodes, string Logits)
{
    /// <summary>The last global average pooling through which the logits depend on the image; null if there is none.</summary>
    public static PooledHead? Find(GraphProto graph, string logits)
    {
        IReadOnlyList<NodeProto> path = graph.FindAncestors(logits);
        HashSet<string> imageValues = graph.FindDescendants(graph.Input[0].Name);
        foreach (NodeProto pooling in path.Reverse().Where(node => IsGlobalAverage(graph, node)))
        {
            HashSet<string> pooledValues = graph.FindDescendants(pooling.Output[0]);
            NodeProto[] head = [.. path.Where(node => node.Input.Any(pooledValues.Contains))];
            bool readsOnlyPooled = head.SelectMany(node => node.Input)
                .All(input => pooledValues.Contains(input) || !imageValues.Contains(input));
            if (pooledValues.Contains(logits) && readsOnlyPooled)
                return new PooledHead(pooling.Input[0], pooling.Output[0],
                    pooling.OpType != "ReduceMean" || pooling.GetInteger("keepdims", 1) == 1, head, logits);
        }
        return null;
    }

    private static bool IsGlobalAverage(GraphProto graph, NodeProto node) => node.OpType == "GlobalAveragePool"
        || (node.OpType == "ReduceMean" && node.Input.Count > 1 && graph.FindConstant(node.Input[1]) is { } axes
            && axes.ReadIntegers().Select(axis => (axis + 4) % 4).Order().SequenceEqual([2, 3]));
}
