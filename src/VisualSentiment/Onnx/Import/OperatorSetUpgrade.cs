using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Import;

/// <summary>Rewrites the nodes of a model in the operator set of this library.</summary>
internal static class OperatorSetUpgrade
{
    // The operator set since which an operator on floats has had the inputs, attributes and results of operator set 18.
    private static readonly Dictionary<string, int> Since = ("Abs 6 Add 7 AveragePool 7 BatchNormalization 9 Cast 6 "
        + "Ceil 6 Clip 11 Concat 4 Constant 1 Conv 1 DepthToSpace 1 Div 7 Elu 6 Erf 9 Exp 6 Expand 8 Flatten 1 Floor 6 "
        + "Gather 1 Gemm 7 GlobalAveragePool 1 GlobalMaxPool 1 HardSigmoid 6 HardSwish 14 Identity 1 "
        + "InstanceNormalization 6 LayerNormalization 17 LRN 1 LeakyRelu 6 Log 6 MatMul 1 Max 8 MaxPool 1 Mean 8 Min 8 "
        + "Mul 7 Neg 6 PRelu 7 Pad 11 Pow 7 Reciprocal 6 ReduceSum 13 Relu 6 Reshape 5 Resize 11 Selu 6 Shape 1 "
        + "Sigmoid 6 Slice 10 Softmax 13 Softplus 1 Softsign 1 SpaceToDepth 1 Sqrt 6 Squeeze 13 Sub 7 Sum 8 Tanh 6 "
        + "Transpose 1 Unsqueeze 13 Where 9").Split(' ').Chunk(2).ToDictionary(
            pair => pair[0], pair => int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Changes the graph in place. Returns the operators that cannot be rewritten.</summary>
    public static IReadOnlyList<string> Apply(ModelProto model)
    {
        long version = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 1;
        var constants = new GraphAdditions(model.Graph.ValueNames());
        SortedSet<string> unsupported = new(StringComparer.Ordinal);
        foreach (NodeProto node in model.Graph.Node)
        {
            if (node.Domain == "ai.onnx")
                node.Domain = "";
            if (Operators.Find(node.Domain, node.OpType) is null)
                unsupported.Add(node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}");
            else if (version < Since.GetValueOrDefault(node.OpType, ModelNames.OperatorSetVersion)
                && !TryUpgrade(node, version, constants))
                unsupported.Add($"{node.OpType} of operator set {version}");
            else if (node.Name == BackboneGraph.Resizing && model.Graph.FindWeight(node, 2) is { } scales)
                UseSizes(node, scales.ReadFloats(), constants);
        }
        model.Graph.Initializer.Add(constants.Constants);
        return [.. unsupported];
    }

    private static bool TryUpgrade(NodeProto node, long version, GraphAdditions constants)
    {
        switch (node.OpType)
        {
            case "BatchNormalization" when version >= 7 && node.GetInteger("spatial", 1) == 1:
                Take(node, "spatial");
                return true;
            case "Clip" when version >= 6:
                float minimum = Take(node, "min")?.F ?? float.MinValue;
                float maximum = Take(node, "max")?.F ?? float.MaxValue;
                node.Input.Add(constants.Add<float>($"{node.Output[0]}.min", DataType.Float, [minimum]));
                node.Input.Add(constants.Add<float>($"{node.Output[0]}.max", DataType.Float, [maximum]));
                return true;
            case "Squeeze" or "Unsqueeze":
            case var name when name.StartsWith("Reduce", StringComparison.Ordinal):
                if (Take(node, "axes") is { } axes)
                    node.Input.Add(constants.AddIntegers($"{node.Output[0]}.axes", [.. axes.Ints]));
                return true;
            default:
                return false;
        }
    }

    // Sizes without the batch exist since operator set 18; validation requires them.
    private static void UseSizes(NodeProto resizing, float[] scales, GraphAdditions constants)
    {
        string sizes = constants.AddIntegers($"{resizing.Output[0]}.sizes",
            (long)MathF.Round(scales[2] * PixelFormat.Height), (long)MathF.Round(scales[3] * PixelFormat.Width));
        string image = resizing.Input[0];
        resizing.Input.Clear();
        resizing.Input.Add([image, "", "", sizes]);
        resizing.Attribute.Add(OnnxAttributes.Create("axes", new long[] { 2, 3 }));
    }

    private static AttributeProto? Take(NodeProto node, string name)
    {
        AttributeProto? attribute = node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
        node.Attribute.Remove(attribute);
        return attribute;
    }
}
