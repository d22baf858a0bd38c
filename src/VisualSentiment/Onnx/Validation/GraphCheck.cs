using System.Globalization;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;
using Kind = VisualSentiment.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>
/// Validates a graph for one image: every name is defined once and before its use, every operator is one of <see
/// cref="Operators"/>, and the total memory and multiply-adds are within <see cref="ModelLimits"/>.
/// </summary>
internal sealed class GraphCheck
{
    private readonly Dictionary<string, Value> _values = [];
    private readonly HashSet<string> _constants = [];
    private long _memory, _workspace, _multiplyAdds;

    private GraphCheck(long fileSize) => _memory = ModelLimits.MemoryOf(fileSize);

    /// <summary>Returns the values of a graph whose file has <paramref name="fileSize"/> bytes.</summary>
    /// <exception cref="InvalidGraphException">The graph is invalid or exceeds a limit.</exception>
    public static IReadOnlyDictionary<string, Value> Run(GraphProto graph, long fileSize)
    {
        if (graph.Node.Count > ModelLimits.Nodes || graph.Initializer.Count > ModelLimits.Initializers)
            throw new InvalidGraphException($"it has {graph.Node.Count} nodes and {graph.Initializer.Count} constants; "
                + $"at most {ModelLimits.Nodes} and {ModelLimits.Initializers} are allowed");
        var check = new GraphCheck(fileSize);
        try
        {
            foreach (TensorProto constant in graph.Initializer)
            {
                check.Add(constant.Name, Value.FromTensor(constant));
                check._constants.Add(constant.Name);
            }
            foreach (ValueInfoProto input in graph.Input)
                check.Add(input.Name, ReadShape(input));
            foreach (NodeProto node in graph.Node)
                check.Add(node);
        }
        catch (OverflowException)
        {
            throw new InvalidGraphException("its sizes are too large to compute");
        }
        return check._values;
    }

    private static Value ReadShape(ValueInfoProto input)
    {
        // A variable dimension is the batch, here one image.
        long[] sizes = [.. input.Type?.TensorType?.Shape?.Dim.Select(dim => dim.HasDimValue ? dim.DimValue : 1) ?? []];
        return new Value((DataType)(input.Type?.TensorType?.ElemType ?? 0), sizes);
    }

    private void Add(string name, Value value)
    {
        if (name.Length == 0 || !_values.TryAdd(name, value))
            throw new InvalidGraphException($"the name '{name}' is empty or used for several values");
    }

    private void Add(NodeProto node)
    {
        if (Operators.Find(node.Domain, node.OpType) is not { } known)
            throw new InvalidGraphException($"it has the operator '{(node.Domain.Length > 0 ? node.Domain + "." : "")}{node.OpType}', which is not supported",
                "docs/onnx-export.md lists the supported operators; use them in the module that exports this one, and train again");
        CheckAttributes(node);
        var inputs = new Value?[node.Input.Count];
        bool isConstant = true;
        long elements = 0;
        for (int i = 0; i < inputs.Length; i++)
            if (node.Input[i].Length > 0)
            {
                inputs[i] = Find(node, node.Input[i]);
                isConstant &= _constants.Contains(node.Input[i]);
                elements += inputs[i]!.Count;
            }
        var call = new OperatorCall(node, inputs);
        Value[] results = known.Shapes(call);
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length == 0)
                continue;
            if (i >= results.Length)
                throw call.Invalid($"it has more than the supported {results.Length} outputs");
            Add(node.Output[i], results[i]);
            elements += results[i].Count;
            // Constants that are computed during loading have memory of their own.
            if (!known.IsView || isConstant)
                _memory = checked(_memory + results[i].Bytes);
            if (isConstant)
                _constants.Add(node.Output[i]);
        }
        _workspace = Math.Max(_workspace, call.Workspace);
        _multiplyAdds = checked(_multiplyAdds + call.MultiplyAdds + known.ElementCost * elements);
        ThrowIfAboveLimits();
    }

    private Value Find(NodeProto node, string name) => _values.GetValueOrDefault(name)
        ?? throw new InvalidGraphException($"{OperatorCall.Describe(node)} reads '{name}', which is not defined before it");

    private void ThrowIfAboveLimits()
    {
        if (_memory + _workspace > ModelLimits.Memory)
            throw new InvalidGraphException($"loading it and computing one image needs at least {ModelLimits.Megabytes(_memory + _workspace)}; "
                + $"at most {ModelLimits.Megabytes(ModelLimits.Memory)} are allowed", ModelLimits.RaiseBy(ModelLimits.MemorySetting));
        if (_multiplyAdds > ModelLimits.MultiplyAdds)
            throw new InvalidGraphException(string.Create(CultureInfo.InvariantCulture,
                $"one image needs at least {_multiplyAdds / 1e9:0.0} G multiply-adds; at most {ModelLimits.MultiplyAdds / 1e9:0.0} G are allowed"),
                ModelLimits.RaiseBy(ModelLimits.MultiplyAddsSetting));
    }

    // Attributes must have unique names and values of their types only, because runtimes differ in how they read others.
    private static void CheckAttributes(NodeProto node)
    {
        for (int i = 0; i < node.Attribute.Count; i++)
        {
            AttributeProto attribute = node.Attribute[i];
            bool plain = attribute.Type is Kind.Int or Kind.Float or Kind.String or Kind.Tensor or Kind.Ints or Kind.Floats or Kind.Strings
                && Matches(attribute.HasI, Kind.Int) && Matches(attribute.HasF, Kind.Float)
                && Matches(attribute.HasS, Kind.String)
                && Matches(attribute.T is not null, Kind.Tensor) && Matches(attribute.Ints.Count > 0, Kind.Ints)
                && Matches(attribute.Floats.Count > 0, Kind.Floats)
                && Matches(attribute.Strings.Count > 0, Kind.Strings);
            for (int j = 0; j < i; j++)
                plain &= node.Attribute[j].Name != attribute.Name;
            if (!plain || attribute.Type == Kind.Tensor && attribute.T is null)
                throw new InvalidGraphException($"{OperatorCall.Describe(node)} has an invalid attribute '{attribute.Name}'");

            bool Matches(bool present, Kind kind) => !present || attribute.Type == kind;
        }
    }
}
