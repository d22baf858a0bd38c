using System.Globalization;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Ensembles;

/// <summary>
/// Combines several students into one graph: <c>Score</c> is the weighted average of their probabilities, and
/// <c>logits</c> its logarithm, so that the softmax of the logits is the score, as for a student.
/// </summary>
internal static class StudentEnsemble
{
    /// <summary>The quantization of an ensemble of which only some students are quantized.</summary>
    private const string MixedQuantization = $"{OnnxModelInfo.EightBit} and float32";

    /// <summary>Creates the model of an ensemble.</summary>
    /// <param name="members">The exported students and their weights above 0.</param>
    /// <exception cref="ArgumentException">The students have different classes or preprocessing; the message shows them.</exception>
    public static byte[] Create(IReadOnlyList<(byte[] Model, double Weight)> members)
    {
        ModelProto[] models = [.. members.Select(member => ModelProto.Parser.ParseFrom(member.Model))];
        OnnxModelInfo[] infos = [.. members.Select((member, i) => OnnxModelInfo.Read(member.Model, $"student {i + 1}"))];
        ThrowIfDifferent("classes", infos, info => string.Join(", ", info.Classes));
        ThrowIfDifferent("image fits", infos, info => info.Fit.ToString());
        ThrowIfDifferent("normalizations", infos, info => $"({Join(info.Normalization.Mean)}) / ({Join(info.Normalization.StandardDeviation)})");
        ThrowIfDifferent("input sizes", infos, info => info.InputSize.ToString(CultureInfo.InvariantCulture));
        ThrowIfDifferent("operator sets", models, model =>
            string.Join(", ", model.OpsetImport.Select(set => $"{set.Domain} {set.Version}".Trim())));

        double total = members.Sum(member => member.Weight);
        double[] shares = [.. members.Select(member => member.Weight / total)];
        ModelProto ensemble = models[0].Clone();
        GraphProto graph = ensemble.Graph;
        graph.Node.Clear();
        graph.Initializer.Clear();
        graph.ValueInfo.Clear();
        graph.Input[0].Name = ModelNames.Pixels;
        ensemble.IrVersion = models.Max(model => model.IrVersion);

        var shared = new SharedGraph(graph);
        string[] scores = [.. models.Select((model, i) => shared.Add(model.Graph, ModelNames.Score, $"member{i + 1}."))];
        var average = new GraphAdditions(graph.ValueNames());
        average.Add(ModelNames.Score, "Sum", [.. scores.Select((score, i) => average.Add($"member{i + 1}.share", "Mul",
            [score, average.Add<float>($"member{i + 1}.weight", DataType.Float, [(float)shares[i]])]))]);
        // A probability may underflow to 0; its logarithm must stay finite.
        average.Add(ModelNames.Logits, "Log", [average.Add("floored", "Max",
            [ModelNames.Score, average.Add<float>("smallest", DataType.Float, [1.17549435e-38f])])]);
        graph.Node.Add(average.Nodes);
        graph.Initializer.Add(average.Constants);

        ensemble.MetadataProps.Clear();
        foreach (var (key, text) in Describe(infos, shares).ToMetadata(infos[0].LibraryVersion!))
            ensemble.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text });
        return ModelDigest.Seal(ensemble);
    }

    private static OnnxModelInfo Describe(OnnxModelInfo[] infos, double[] shares) => infos[0] with
    {
        Teacher = JoinDistinct(infos.Select(info => info.Teacher)),
        Temperature = infos.Select(info => info.Temperature).Distinct().Count() == 1 ? infos[0].Temperature : null,
        Loss = JoinDistinct(infos.Select(info => info.Loss)),
        Quantization = infos.Select(info => info.Quantization).Distinct().Count() == 1 ? infos[0].Quantization : MixedQuantization,
        Metrics = new Dictionary<string, string>
        {
            ["student"] = $"ensemble of {string.Join(", ", infos.Select(info => info.Metrics.GetValueOrDefault("student", "a student")))}",
        },
        Members = [.. infos.Zip(shares, (info, share) =>
            new EnsembleMember(share, info.Teacher, info.Temperature, info.Loss, info.Quantization, info.Metrics))],
    };

    private static string? JoinDistinct(IEnumerable<string?> names)
    {
        string joined = string.Join("; ", names.OfType<string>().Distinct());
        return joined.Length == 0 ? null : joined;
    }

    private static string Join(IEnumerable<float> values) =>
        string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    private static void ThrowIfDifferent<T>(string property, T[] members, Func<T, string> describe)
    {
        string first = describe(members[0]);
        for (int i = 1; i < members.Length; i++)
            if (describe(members[i]) is var other && other != first)
                throw new ArgumentException($"The students of an ensemble have different {property}: student 1 [{first}], student {i + 1} [{other}]. "
                    + "Train them on the same data, with the same key of labels and the same preprocessing.");
    }
}
