using VisualSentiment.Onnx.Proto;
using Kind = VisualSentiment.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>A node with its input values, and its cost as determined by its <see cref="ShapeRule"/>.</summary>
internal sealed class OperatorCall(NodeProto node, Value?[] inputs)
{
    /// <summary>Larger windows, strides and pads are not needed for images, and overflow in runtimes.</summary>
    private const int MaxWindow = 1 << 16;

    public NodeProto Node => node;

    public IReadOnlyList<Value?> Inputs => inputs;

    /// <summary>The multiply-adds besides the cost of elements.</summary>
    public long MultiplyAdds { get; private set; }

    /// <summary>The bytes of temporary memory.</summary>
    public long Workspace { get; set; }

    public Value Input(int i) => Optional(i) ?? throw Invalid($"it has no input {i + 1}");

    public Value? Optional(int i) => i < inputs.Length ? inputs[i] : null;

    /// <summary>The values of a constant input.</summary>
    public long[] Integers(int i) => Input(i).Integers
        ?? throw Invalid($"its input {i + 1} determines a shape, but is not a constant of integers");

    public long[]? OptionalIntegers(int i) => Optional(i) is null ? null : Integers(i);

    public bool Has(string name) => Find(name, Kind.Undefined) is not null;

    public long Integer(string name, long defaultValue) => Find(name, Kind.Int)?.I ?? defaultValue;

    public string Text(string name, string defaultValue) => Find(name, Kind.String)?.S.ToStringUtf8() ?? defaultValue;

    public long[]? OptionalIntegers(string name) => Find(name, Kind.Ints)?.Ints.ToArray();

    /// <summary>An attribute with one integer per dimension.</summary>
    public long[] Integers(string name, int count, long defaultValue, long min)
    {
        long[] values = OptionalIntegers(name) ?? [.. Enumerable.Repeat(defaultValue, count)];
        return values.Length == count && values.All(value => value >= min && value <= MaxWindow) ? values : throw Invalid(
            $"its attribute '{name}' is [{string.Join(", ", values)}]; it must be {count} numbers from {min} to {MaxWindow}");
    }

    /// <summary>The index of a dimension.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis)
        : throw Invalid($"its axis {axis} does not exist in {rank} dimensions");

    /// <summary>The axes from an attribute or an input, sorted; null if there are none.</summary>
    public int[]? Axes(int input, int rank)
    {
        if ((OptionalIntegers("axes") ?? OptionalIntegers(input)) is not { } axes)
            return null;
        int[] sorted = [.. axes.Select(axis => Axis(axis, rank)).Order()];
        return sorted.Distinct().Count() == sorted.Length ? sorted
            : throw Invalid($"its axes [{string.Join(", ", axes)}] are not distinct");
    }

    public void Charge(params ReadOnlySpan<long> factors)
    {
        long product = 1;
        foreach (long factor in factors)
            product = checked(product * factor);
        MultiplyAdds = checked(MultiplyAdds + product);
    }

    public InvalidGraphException Invalid(string reason) => new(
        $"{Describe(node)} is invalid: {reason} (its inputs are {string.Join(", ", inputs.Select(input => input?.ToString() ?? "none"))})");

    public static string Describe(NodeProto node) =>
        $"the {node.OpType} '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault())}'";

    public TensorProto? Tensor(string name) => Find(name, Kind.Tensor)?.T;

    private AttributeProto? Find(string name, Kind kind)
    {
        foreach (AttributeProto attribute in node.Attribute)
            if (attribute.Name == name)
                return kind == Kind.Undefined || attribute.Type == kind ? attribute
                    : throw Invalid($"its attribute '{name}' has the type {attribute.Type}");
        return null;
    }
}
