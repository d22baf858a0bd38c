using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Ensembles;

/// <summary>Finds the probabilities whose average is a graph's <c>Score</c>.</summary>
internal static class AveragedScore
{
    /// <summary>An ensemble with more members would exceed the limit on nodes.</summary>
    private const int MaxMembers = 1024;

    /// <summary>
    /// The logits of the averaged probabilities with their weights, which sum to 1: of a student its own, of an
    /// ensemble those of its members, recursively. Empty if the graph does not compute a weighted average.
    /// </summary>
    public static IReadOnlyList<(string Logits, double Share)> FindMembers(GraphProto graph, string probabilities)
    {
        Dictionary<string, NodeProto> producers = [];
        foreach (NodeProto node in graph.Node)
            foreach (string output in node.Output)
                producers[output] = node;
        List<(string Logits, double Share)> members = [];
        Stack<(string Probabilities, double Share)> open = new([(probabilities, 1)]);
        while (open.TryPop(out var next))
        {
            if (!producers.TryGetValue(next.Probabilities, out NodeProto? node) || members.Count + open.Count > MaxMembers)
                return [];
            if (node.OpType != "Sum")
            {
                members.Add((node.Input[0], next.Share));
                continue;
            }
            // So that the first member is on top of the stack.
            foreach (string input in node.Input.Reverse())
            {
                if (!producers.TryGetValue(input, out NodeProto? share) || share.OpType != "Mul"
                    || graph.FindConstant(share.Input[1])?.ReadFloats() is not [var weight])
                    return [];
                open.Push((share.Input[0], next.Share * weight));
            }
        }
        return members;
    }
}
