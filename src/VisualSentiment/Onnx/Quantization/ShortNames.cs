using System.Globalization;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>
/// Numbers in place of names. The name of a value stands in every node that reads it, and in a student of so many bytes as it has weights
/// all names together were an eighth of the file. Layers keep their names as nodes; inputs, outputs, and what ML.NET looks for by name, theirs.
/// </summary>
internal static class ShortNames
{
    private const string MachineLearningNet = "mlnet.";

    public static void Give(GraphProto graph)
    {
        HashSet<string> kept = [.. graph.Input.Concat(graph.Output).Select(value => value.Name), ""];
        Dictionary<string, string> names = [];
        foreach (TensorProto constant in graph.Initializer)
            constant.Name = Shorten(constant.Name);
        foreach (NodeProto node in graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
                node.Input[i] = Shorten(node.Input[i]);
            for (int i = 0; i < node.Output.Count; i++)
                node.Output[i] = Shorten(node.Output[i]);
            if (node.OpType is "QuantizeLinear" or "DequantizeLinear")
                node.ClearName();
        }

        string Shorten(string name)
        {
            if (kept.Contains(name) || name.StartsWith(MachineLearningNet, StringComparison.Ordinal))
                return name;
            if (!names.TryGetValue(name, out string? number))
            {
                number = names.Count.ToString(CultureInfo.InvariantCulture);
                names.Add(name, number);
            }
            return number;
        }
    }
}
