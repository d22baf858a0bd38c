using VisualSentiment.Onnx.Ensembles;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Evidence;

/// <summary>The size of a feature map.</summary>
internal readonly record struct FeatureGrid(int Channels, int Height, int Width)
{
    /// <summary>The sizes of values [1, K, H, W] of a valid graph; null for values of other shapes.</summary>
    public static FeatureGrid?[] Measure(GraphProto graph, string[] values)
    {
        var shapes = GraphCheck.Run(graph, graph.CalculateSize());
        return [.. values.Select(value => shapes[value].Dims is [_, var channels, var height, var width]
            ? new FeatureGrid((int)channels, (int)height, (int)width) : (FeatureGrid?)null)];
    }
}

/// <summary>
/// The optional output <c>evidence</c> float [N, C, H, W] of an exported student: the logits of every part of the
/// image. Features are averaged over at most 14 x 14 cells instead of the whole image, and the head after the global
/// pooling is applied to every cell. If the head is linear, the mean of a class's map is its logit, because both are
/// linear in the mean of the features.
/// </summary>
internal static class EvidenceOutput
{
    private const string Name = ModelNames.Evidence;
    private const int MaxCells = 14;

    /// <summary>Adds the output, unless the model has it.</summary>
    /// <exception cref="NotSupportedException">The network does not end in global average pooling and a head.</exception>
    public static byte[] Add(byte[] onnxModel)
    {
        ModelProto model = ModelValidator.Parse(onnxModel, "student");
        GraphProto graph = model.Graph;
        if (graph.Output.Any(output => output.Name == Name))
            return onnxModel;

        var members = AveragedScore.FindMembers(graph, ModelNames.Score);
        if (members.Count == 0)
            throw NotSupported("its scores are not a weighted average of probabilities");
        PooledHead[] heads = [.. members.Select(member => PooledHead.Find(graph, member.Logits)
            ?? throw NotSupported("it has no global average pooling before its logits"))];
        FeatureGrid[] grids = [.. FeatureGrid.Measure(graph, [.. heads.Select(head => head.Features)])
            .Select(grid => grid is { Height: > 1, Width: > 1 } found ? found : throw NotSupported("its pooled features are not a grid"))];
        int height = Math.Min(MaxCells, grids.Max(grid => grid.Height)), width = Math.Min(MaxCells, grids.Max(grid => grid.Width));

        var additions = new GraphAdditions(graph.ValueNames());
        int classes = (int)graph.Output.Single(output => output.Name == ModelNames.Logits).Type.TensorType.Shape.Dim[1].DimValue;
        List<string> maps = [];
        foreach (var (head, grid, member) in heads.Zip(grids, members))
        {
            string map = Resample(additions, AddMap(additions, head, grid, classes), Cells(grid), grid with { Height = height, Width = width });
            maps.Add(heads.Length == 1 ? map : additions.Add($"{Name}.share", "Mul",
                [map, additions.Add<float>($"{Name}.weight", DataType.Float, [(float)member.Share])]));
        }
        additions.Add(Name, maps.Count == 1 ? "Identity" : "Sum", maps);

        graph.Node.Add(additions.Nodes);
        graph.Initializer.Add(additions.Constants);
        graph.Output.Add(GraphProtoExtensions.Describe(Name, DataType.Float, [classes, height, width]));
        return ModelDigest.Seal(model);
    }

    /// <summary>
    /// Removes the output and the nodes that only it needs. ONNX Runtime would compute the output even if it is not requested.
    /// </summary>
    public static byte[] Remove(byte[] onnxModel)
    {
        // Most models do not have the output, and need not be parsed.
        if (onnxModel.AsSpan().IndexOf("evidence"u8) < 0)
            return onnxModel;
        ModelProto model = ModelValidator.Parse(onnxModel, "student");
        return Remove(model) ? ModelDigest.Seal(model) : onnxModel;
    }

    /// <summary>Removes the output from a valid model. Returns whether the model had it.</summary>
    public static bool Remove(ModelProto model)
    {
        GraphProto graph = model.Graph;
        if (graph.Output.FirstOrDefault(output => output.Name == Name) is not { } evidence)
            return false;

        graph.Output.Remove(evidence);
        HashSet<NodeProto> removed = new(graph.FindAncestors(Name), ReferenceEqualityComparer.Instance);
        removed.ExceptWith(graph.FindAncestors(graph.Output.Select(output => output.Name)));
        // Nodes that read a removed value without an output of their own are removed too.
        HashSet<string> removedValues = [];
        List<NodeProto> kept = [];
        foreach (NodeProto node in graph.Node)
        {
            if (!removed.Contains(node) && !node.Input.Any(removedValues.Contains))
                kept.Add(node);
            else
                removedValues.UnionWith(node.Output.Where(output => output.Length > 0));
        }
        graph.Node.Clear();
        graph.Node.Add(kept);
        HashSet<string> unread = [.. removed.SelectMany(node => node.Input)];
        unread.ExceptWith(kept.SelectMany(node => node.Input));
        TensorProto[] constants = [.. graph.Initializer.Where(constant => !unread.Contains(constant.Name))];
        graph.Initializer.Clear();
        graph.Initializer.Add(constants);
        return true;
    }

    /// <summary>The map [N, C, H, W] of one head, H and W at most 14.</summary>
    private static string AddMap(GraphAdditions graph, PooledHead head, FeatureGrid grid, int classes)
    {
        FeatureGrid cells = Cells(grid);
        string features = Resample(graph, head.Features, grid, cells);
        // Every cell becomes an image of its own, in the shape of pooled features.
        string last = graph.Add($"{Name}.channels_last", "Transpose", [features], ("perm", new long[] { 0, 2, 3, 1 }));
        string shape = head.KeepsGrid ? graph.AddIntegers($"{Name}.shape", -1, cells.Channels, 1, 1)
            : graph.AddIntegers($"{Name}.shape", -1, cells.Channels);
        var names = new Dictionary<string, string> { [head.Pooled] = graph.Add($"{Name}.cells", "Reshape", [last, shape]) };
        foreach (NodeProto node in head.Nodes)
        {
            NodeProto copy = node.Clone();
            copy.Name = graph.UniqueName($"{Name}.{node.Name}");
            for (int i = 0; i < node.Input.Count; i++)
                copy.Input[i] = names.GetValueOrDefault(node.Input[i], node.Input[i]);
            for (int i = 0; i < node.Output.Count; i++)
                copy.Output[i] = names[node.Output[i]] = i == 0 ? copy.Name : graph.UniqueName($"{Name}.{node.Output[i]}");
            graph.Nodes.Add(copy);
        }
        string map = graph.Add($"{Name}.grid", "Reshape",
            [names[head.Logits], graph.AddIntegers($"{Name}.grid.shape", -1, cells.Height, cells.Width, classes)]);
        return graph.Add($"{Name}.map", "Transpose", [map], ("perm", new long[] { 0, 3, 1, 2 }));
    }

    private static FeatureGrid Cells(FeatureGrid grid) =>
        grid with { Height = Math.Min(MaxCells, grid.Height), Width = Math.Min(MaxCells, grid.Width) };

    private static string Resample(GraphAdditions graph, string value, FeatureGrid from, FeatureGrid to)
    {
        if (from.Width != to.Width)
            value = graph.Add($"{Name}.columns", "MatMul",
                [value, graph.Add<float>($"{Name}.columns.weights", DataType.Float, AreaWeights.Columns(from.Width, to.Width), from.Width, to.Width)]);
        if (from.Height != to.Height)
            value = graph.Add($"{Name}.rows", "MatMul",
                [graph.Add<float>($"{Name}.rows.weights", DataType.Float, AreaWeights.Rows(from.Height, to.Height), to.Height, from.Height), value]);
        return value;
    }

    private static NotSupportedException NotSupported(string reason) => new(
        $"Evidence maps are not available for this student: {reason}. They need a network that ends in global average pooling and "
        + $"dense layers, such as {nameof(Students)}.{nameof(Students.Paper)} and {nameof(Students.Compact)}; end your own network "
        + "with AdaptiveAvgPool2d(1), Flatten() and Linear, and train it again.");
}
