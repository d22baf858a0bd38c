using VisualSentiment.Distillation.Losses;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Teaching;

namespace VisualSentiment.Onnx.Ensembles;

/// <summary>Whose probabilities a graph's <c>Score</c> is the average of.</summary>
internal static class AveragedScore
{
    /// <summary>More are no ensemble of this library: it would take more nodes than a model may have.</summary>
    private const int MaxMembers = 1024;

    /// <summary>
    /// The logits behind probabilities, each with its share of them; the shares add up to one. Of a student they are its own, of
    /// an ensemble those of its members, and theirs where they are ensembles. Empty where the graph averages in another way.
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
            // The first member is on top of the stack.
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
