using VisualSentiment.Networks;
using VisualSentiment.Onnx.Proto;
using Kind = VisualSentiment.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>
/// A node with the values that it reads, as <see cref="Operators"/> see it, and what they find it costs.
/// </summary>
internal sealed class OperatorCall(NodeProto node, Value?[] inputs)
{
    /// <summary>Larger windows, steps and pads are no image's, and overflow in runtimes.</summary>
    private const int MaxWindow = 1 << 16;

    public NodeProto Node => node;

    public IReadOnlyList<Value?> Inputs => inputs;

    /// <summary>Multiply-adds beside what every operator is charged for its elements.</summary>
    public long MultiplyAdds { get; private set; }

    /// <summary>Bytes that the operator takes while it runs.</summary>
    public long Workspace { get; set; }

    public Value Input(int i) => Optional(i) ?? throw Invalid($"it has no input {i + 1}");

    public Value? Optional(int i) => i < inputs.Length ? inputs[i] : null;

    /// <summary>The numbers of a constant input.</summary>
    public long[] Integers(int i) => Input(i).Integers
        ?? throw Invalid($"its input {i + 1} decides a shape and is no constant of whole numbers");

    public long[]? OptionalIntegers(int i) => Optional(i) is null ? null : Integers(i);

    public bool Has(string name) => Find(name, Kind.Undefined) is not null;

    public long Integer(string name, long otherwise) => Find(name, Kind.Int)?.I ?? otherwise;

    public string Text(string name, string otherwise) => Find(name, Kind.String)?.S.ToStringUtf8() ?? otherwise;

    public long[]? OptionalIntegers(string name)
    {
        if (Find(name, Kind.Ints) is not { } attribute)
            return null;
        long[] values = new long[attribute.Ints.Count];
        attribute.Ints.CopyTo(values, 0);
        return values;
    }

    /// <summary>An attribute of whole numbers, one for each of several dimensions.</summary>
    public long[] Integers(string name, int count, long otherwise, long smallest)
    {
        long[]? values = OptionalIntegers(name);
        if (values is null)
            Array.Fill(values = new long[count], otherwise);
        bool fits = values.Length == count;
        foreach (long value in values)
            fits &= value >= smallest && value <= MaxWindow;
        return fits ? values : throw Invalid($"its attribute '{name}' is [{string.Join(", ", values)}]; {count} numbers from {smallest} to {MaxWindow} are needed");
    }

    /// <summary>An axis as an index of a dimension.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis)
        : throw Invalid($"its axis {axis} is none of {rank} dimensions");

    /// <summary>
    /// The axes that a node is given as an attribute or as an input, in order; null where it is given none.
    /// </summary>
    public int[]? Axes(int input, int rank)
    {
        if ((OptionalIntegers("axes") ?? OptionalIntegers(input)) is not { } axes)
            return null;
        int[] sorted = [.. axes.Select(axis => Axis(axis, rank)).Order()];
        return sorted.Distinct().Count() == sorted.Length ? sorted
            : throw Invalid($"its axes [{string.Join(", ", axes)}] name a dimension twice");
    }

    public void Charge(params ReadOnlySpan<long> factors)
    {
        long product = 1;
        foreach (long factor in factors)
            product = checked(product * factor);
        MultiplyAdds = checked(MultiplyAdds + product);
    }

    public InvalidGraphException Invalid(string reason) => new(
        $"{Describe(node)} cannot be computed: {reason} (its inputs are {string.Join(", ", inputs.Select(input => input?.ToString() ?? "none"))})");

    public static string Describe(NodeProto node) =>
        $"the {node.OpType} '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault())}'";

    /// <summary>The tensor of an attribute.</summary>
    public TensorProto? Tensor(string name) => Find(name, Kind.Tensor)?.T;

    private AttributeProto? Find(string name, Kind kind)
    {
        foreach (AttributeProto attribute in node.Attribute)
            if (attribute.Name == name)
                return kind == Kind.Undefined || attribute.Type == kind ? attribute
                    : throw Invalid($"its attribute '{name}' is of the type {attribute.Type}");
        return null;
    }
}
