using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Validation;

/// <summary>The type and shape of a value for one image, and the elements of a constant that determines other shapes.</summary>
internal sealed class Value
{
    /// <summary>Longer vectors are not shapes.</summary>
    private const int MaxIntegers = 1024;

    /// <param name="type">The type of the elements.</param>
    /// <param name="dims">The shape.</param>
    /// <param name="integers">The elements if they are constant integers.</param>
    /// <exception cref="InvalidGraphException">The shape exceeds a limit.</exception>
    public Value(DataType type, long[] dims, long[]? integers = null)
    {
        Type = type;
        Dims = dims;
        if (dims.Length > ModelLimits.Rank)
            throw new InvalidGraphException($"it has a value of {dims.Length} dimensions; at most {ModelLimits.Rank} are allowed");
        foreach (long size in dims)
        {
            if (size < 0)
                throw new InvalidGraphException($"it has a value with the shape {this}");
            // A zero would hide the other sizes in the product, but operators may still use them.
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

    /// <summary>The number of elements; at least 1.</summary>
    public long Count { get; } = 1;

    public bool IsEmpty { get; }

    public long Bytes => Count * SizeOf(Type);

    public int Rank => Dims.Length;

    public static Value Of(DataType type, params long[] dims) => new(type, dims);

    /// <summary>The value of an initializer or of a constant in an attribute.</summary>
    /// <exception cref="InvalidGraphException">The type, the shape or the number of elements is invalid.</exception>
    public static Value FromTensor(TensorProto tensor)
    {
        var type = (DataType)tensor.DataType;
        var value = new Value(type, [.. tensor.Dims]);
        long count = value.IsEmpty ? 0 : value.Count;
        long given = type switch
        {
            _ when tensor.HasRawData =>
                tensor.RawData.Length % SizeOf(type) == 0 ? tensor.RawData.Length / SizeOf(type) : -1,
            DataType.Float => tensor.FloatData.Count,
            DataType.Int64 => tensor.Int64Data.Count,
            _ => tensor.Int32Data.Count,
        };
        // Runtimes differ in how they read fields of other types.
        bool[] fields = [tensor.HasRawData, tensor.FloatData.Count > 0, tensor.Int32Data.Count > 0, tensor.Int64Data.Count > 0,
            tensor.StringData.Count > 0];
        bool single = fields.Count(isSet => isSet) <= 1;
        if (given != count || !single)
            throw new InvalidGraphException($"its constant '{tensor.Name}' {value} has {given} elements instead of {count}");
        return type == DataType.Int64 && value.Rank <= 1 && count <= MaxIntegers
            ? new Value(type, value.Dims, tensor.ReadIntegers()) : value;
    }

    public override string ToString() => $"{Type} [{string.Join(", ", Dims)}]";

    private static int SizeOf(DataType type) => type switch
    {
        DataType.Uint8 or DataType.Int8 or DataType.Bool => 1,
        DataType.Float or DataType.Int32 => sizeof(float),
        DataType.Int64 => sizeof(long),
        _ => throw new InvalidGraphException($"it has values of the type {type}; only 32-bit floats and integers are supported"),
    };

    private InvalidGraphException TooLarge() =>
        new($"it has a value {this}; at most {ModelLimits.Megabytes(ModelLimits.Memory)} are allowed",
            ModelLimits.RaiseBy(ModelLimits.MemorySetting));
}
