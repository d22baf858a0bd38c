using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Ensembles;

/// <summary>Whose probabilities a graph's <c>Score</c> is the average of.</summary>
internal static class AveragedScore
{
    /// <summary>
    /// The logits behind probabilities, each with its share of them; the shares add up to one. Of a student they are its own, of
    /// an ensemble those of its members, and theirs where they are ensembles.
    /// </summary>
    public static IReadOnlyList<(string Logits, double Share)> FindMembers(GraphProto graph, string probabilities)
    {
        NodeProto node = Producer(graph, probabilities);
        if (node.OpType != "Sum")
            return [(node.Input[0], 1)];
        return [.. from input in node.Input
                   let share = Producer(graph, input)
                   from member in FindMembers(graph, share.Input[0])
                   select (member.Logits, member.Share * graph.FindConstant(share.Input[1])!.ReadFloats()[0])];
    }

    private static NodeProto Producer(GraphProto graph, string value) => graph.Node.First(node => node.Output.Contains(value));
}
