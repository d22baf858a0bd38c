using System.Text.Json;
using static TorchSharp.torch;

namespace VisualSentiment.Weights;

/// <summary>The supported element types, by their names in the format.</summary>
internal enum SafetensorsType
{
    F32,
    F16,
    BF16,
    I64,
}

/// <summary>The header's description of a tensor.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The dimensions; none for a scalar.</param>
/// <param name="Offset">The start in bytes from the end of the header.</param>
/// <param name="ByteCount">The length in bytes.</param>
internal sealed record SafetensorsTensor(SafetensorsType Type, long[] Shape, long Offset, long ByteCount)
{
    /// <summary>The number of bytes of an element.</summary>
    public static int SizeOf(SafetensorsType type) => type switch
    {
        SafetensorsType.F32 => 4,
        SafetensorsType.I64 => 8,
        _ => 2,
    };
}

/// <summary>
/// The JSON header of a safetensors file. As in the format's reference implementation, the tensors must cover the data
/// without gaps or overlaps, so that truncated and damaged files are detected.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Free text about the file, not a tensor.</summary>
    private const string Metadata = "__metadata__";

    private static readonly string[] TypeNames = Enum.GetNames<SafetensorsType>();

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Parses the header of a file with <paramref name="dataLength"/> bytes of data.</summary>
    /// <exception cref="InvalidDataException">The header is invalid.</exception>
    public static IReadOnlyDictionary<string, SafetensorsTensor> Parse(ReadOnlyMemory<byte> json, long dataLength)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException("its header is not a JSON object");

            var tensors = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
            foreach (JsonProperty entry in document.RootElement.EnumerateObject().Where(e => e.Name != Metadata))
                tensors.Add(entry.Name, ReadTensor(entry.Name, entry.Value));
            CheckCoverage(tensors, dataLength);
            return tensors;
        }
        // Invalid UTF-8 or UTF-16 in a string causes an InvalidOperationException when the string is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"its header is not valid JSON ({e.Message})", e);
        }
    }

    private static SafetensorsTensor ReadTensor(string name, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !json.TryGetProperty("shape", out JsonElement shape) || !TryReadNumbers(shape, out long[] dimensions)
            || !json.TryGetProperty("data_offsets", out JsonElement span) || !TryReadNumbers(span, out long[] offsets)
            || offsets.Length != 2)
            throw new InvalidDataException($"tensor '{name}' does not have a dtype, a shape and two data_offsets");

        string typeName = dtype.GetString()!;
        if (!TypeNames.Contains(typeName, StringComparer.Ordinal))
            throw new InvalidDataException(
                $"tensor '{name}' has the element type {typeName}; supported are {string.Join(", ", TypeNames)}");
        var type = Enum.Parse<SafetensorsType>(typeName);

        long expected = SafetensorsTensor.SizeOf(type);
        try
        {
            foreach (long dimension in dimensions)
                expected = checked(expected * dimension);
        }
        catch (OverflowException e)
        {
            throw new InvalidDataException($"tensor '{name}' has a shape that is too large", e);
        }
        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != expected)
            throw new InvalidDataException(
                $"tensor '{name}' has the bytes {offsets[0]} to {offsets[1]}, but its type and shape require {expected}");
        return new SafetensorsTensor(type, dimensions, offsets[0], expected);
    }

    private static bool TryReadNumbers(JsonElement json, out long[] numbers)
    {
        numbers = [];
        if (json.ValueKind != JsonValueKind.Array)
            return false;
        numbers = new long[json.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
            if (json[i].ValueKind != JsonValueKind.Number || !json[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                return false;
        return true;
    }

    private static void CheckCoverage(Dictionary<string, SafetensorsTensor> tensors, long dataLength)
    {
        long end = 0;
        foreach ((string name, SafetensorsTensor tensor) in tensors.OrderBy(t => t.Value.Offset).ThenBy(t => t.Value.ByteCount))
        {
            if (tensor.Offset != end)
                throw new InvalidDataException(tensor.Offset < end
                    ? $"tensor '{name}' begins at byte {tensor.Offset}, inside the previous one"
                    : $"the bytes {end} to {tensor.Offset}, before tensor '{name}', belong to no tensor");
            end += tensor.ByteCount;
        }
        if (end > dataLength)
            throw new InvalidDataException($"it is truncated: {dataLength} bytes of data instead of {end}");
        if (end < dataLength)
            throw new InvalidDataException($"{dataLength - end} bytes at its end belong to no tensor");
    }
}

/// <summary>The little-endian values of a tensor, row by row, outside of libtorch.</summary>
/// <param name="Type"><see cref="SafetensorsType.F32"/> or <see cref="SafetensorsType.I64"/>.</param>
/// <param name="Shape">The dimensions; none for a scalar.</param>
/// <param name="Bytes">The values.</param>
internal sealed record StoredTensor(SafetensorsType Type, long[] Shape, byte[] Bytes)
{
    /// <summary>Copies a tensor of a network, converted to the stored type.</summary>
    public static StoredTensor Of(Tensor tensor)
    {
        using var noGradient = no_grad();
        var type = tensor.is_floating_point() ? SafetensorsType.F32 : SafetensorsType.I64;
        // Row by row, regardless of the strides of the network's tensor.
        using Tensor plain = tensor.detach().to(ScalarTypeOf(type), CPU).contiguous();
        return new StoredTensor(type, tensor.shape, plain.bytes.ToArray());
    }

    /// <summary>Copies the values to a tensor of a network with the same number of elements.</summary>
    public void CopyInto(Tensor tensor)
    {
        using var noGradient = no_grad();
        using Tensor staged = empty(tensor.shape, ScalarTypeOf(Type), CPU);
        Bytes.CopyTo(staged.bytes);
        tensor.copy_(staged);
    }

    private static ScalarType ScalarTypeOf(SafetensorsType type) =>
        type == SafetensorsType.I64 ? ScalarType.Int64 : ScalarType.Float32;
}
