using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>
/// A value of a graph, for one image: type and shape, and the numbers of a constant that other shapes depend on.
/// </summary>
internal sealed class Value
{
    /// <summary>Longer vectors are no shapes.</summary>
    private const int MaxIntegers = 1024;

    /// <param name="type">The type of its elements.</param>
    /// <param name="dims">Its shape.</param>
    /// <param name="integers">Its elements, where they are whole numbers and known before an image is.</param>
    /// <exception cref="InvalidGraphException">The shape is larger than any value may be.</exception>
    public Value(DataType type, long[] dims, long[]? integers = null)
    {
        Type = type;
        Dims = dims;
        if (dims.Length > ModelLimits.Rank)
            throw new InvalidGraphException($"it has a value of {dims.Length} dimensions; at most {ModelLimits.Rank} are allowed");
        foreach (long size in dims)
        {
            if (size < 0)
                throw new InvalidGraphException($"it has a value of the shape {this}");
            // Zeros hide the other sizes from the product, but not from all operators.
            IsEmpty |= size == 0;
            if (size > ModelLimits.Memory || (Count *= Math.Max(1, size)) > ModelLimits.Memory)
                throw TooLarge();
        }
        if (Count * SizeOf(type) > ModelLimits.Memory)
            throw TooLarge();
        bool isVector = dims.Length <= 1 && Count <= MaxIntegers && type == DataType.Int64;
        Integers = isVector && integers?.Length == (IsEmpty ? 0 : Count) ? integers : null;
    }

    public DataType Type { get; }

    public long[] Dims { get; }

    public long[]? Integers { get; }

    /// <summary>Its elements; at least 1.</summary>
    public long Count { get; } = 1;

    public bool IsEmpty { get; }

    public long Bytes => Count * SizeOf(Type);

    public int Rank => Dims.Length;

    public static Value Of(DataType type, params long[] dims) => new(type, dims);

    /// <summary>An initializer, or a constant in an attribute.</summary>
    /// <exception cref="InvalidGraphException">
    /// Its type is unknown, its shape negative, or it has another number of bytes.
    /// </exception>
    public static Value FromTensor(TensorProto tensor)
    {
        var type = (DataType)tensor.DataType;
        var value = new Value(type, [.. tensor.Dims]);
        long count = value.IsEmpty ? 0 : value.Count;
        long given = type switch
        {
            _ when tensor.HasRawData => tensor.RawData.Length % SizeOf(type) == 0 ? tensor.RawData.Length / SizeOf(type)
                : -1,
            DataType.Float => tensor.FloatData.Count,
            DataType.Int64 => tensor.Int64Data.Count,
            _ => tensor.Int32Data.Count,
        };
        // Fields of other types would be read by some runtimes and not by others.
        bool single = (tensor.HasRawData ? 1 : 0) + (tensor.FloatData.Count > 0 ? 1 : 0) + (tensor.Int32Data.Count > 0
            ? 1 : 0)
            + (tensor.Int64Data.Count > 0 ? 1 : 0) + (tensor.StringData.Count > 0 ? 1 : 0) <= 1;
        if (given != count || !single)
            throw new InvalidGraphException($"its constant '{tensor.Name}' {value} has {given} elements in place of {count}");
        return type == DataType.Int64 && value.Rank <= 1 && count <= MaxIntegers
            ? new Value(type, value.Dims, tensor.ReadIntegers()) : value;
    }

    public override string ToString() => $"{Type} [{string.Join(", ", Dims)}]";

    private static int SizeOf(DataType type) => type switch
    {
        DataType.Uint8 or DataType.Int8 or DataType.Bool => 1,
        DataType.Float or DataType.Int32 => sizeof(float),
        DataType.Int64 => sizeof(long),
        _ => throw new InvalidGraphException($"it has values of the type {type}; a student has 32-bit floats and integers"),
    };

    private InvalidGraphException TooLarge() =>
        new($"it has a value {this}, larger than the {ModelLimits.Megabytes(ModelLimits.Memory)} that a model may use",
        ModelLimits.RaiseBy(ModelLimits.MemorySetting));
}
