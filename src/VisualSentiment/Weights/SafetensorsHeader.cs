using System.Text.Json;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Weights;

/// <summary>The element types that are read, by the names the format gives them.</summary>
internal enum SafetensorsType
{
    F32,
    F16,
    BF16,
    I64,
}

/// <summary>What the header says about one tensor.</summary>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Offset">Where it begins, in bytes from the end of the header.</param>
/// <param name="ByteCount">How long it is, in bytes.</param>
internal sealed record SafetensorsTensor(SafetensorsType Type, long[] Shape, long Offset, long ByteCount)
{
    /// <summary>Bytes that one element of <paramref name="type"/> takes.</summary>
    public static int SizeOf(SafetensorsType type) => type switch
    {
        SafetensorsType.F32 => 4,
        SafetensorsType.I64 => 8,
        _ => 2,
    };
}

/// <summary>
/// The JSON header of a safetensors file. As strict as the format's reference implementation: the tensors must tile the
/// data without gap or overlap, so a file that was cut short or put together wrongly is noticed before it is used.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Free text about the file, no tensor.</summary>
    private const string Metadata = "__metadata__";

    private static readonly string[] TypeNames = Enum.GetNames<SafetensorsType>();

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads the header of a file that holds <paramref name="dataLength"/> bytes after it.</summary>
    /// <exception cref="InvalidDataException">It breaks a rule of the format; the message says which.</exception>
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
            RequireTiling(tensors, dataLength);
            return tensors;
        }
        // A string that is not valid UTF-8 or UTF-16 is an InvalidOperationException, and only where it is read.
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
            throw new InvalidDataException($"tensor '{name}' is not described by a dtype, a shape and two data_offsets");

        string typeName = dtype.GetString()!;
        if (!TypeNames.Contains(typeName, StringComparer.Ordinal))
            throw new InvalidDataException(
                $"tensor '{name}' has the element type {typeName}; {string.Join(", ", TypeNames)} are read");
        var type = Enum.Parse<SafetensorsType>(typeName);

        long expected = SafetensorsTensor.SizeOf(type);
        try
        {
            foreach (long dimension in dimensions)
                expected = checked(expected * dimension);
        }
        catch (OverflowException e)
        {
            throw new InvalidDataException($"tensor '{name}' has a shape beyond all bounds", e);
        }
        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != expected)
            throw new InvalidDataException(
                $"tensor '{name}' takes the bytes {offsets[0]} to {offsets[1]}, but its type and shape take {expected}");
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

    private static void RequireTiling(Dictionary<string, SafetensorsTensor> tensors, long dataLength)
    {
        long end = 0;
        foreach ((string name, SafetensorsTensor tensor) in tensors.OrderBy(t => t.Value.Offset).ThenBy(t => t.Value.ByteCount))
        {
            if (tensor.Offset != end)
                throw new InvalidDataException(tensor.Offset < end
                    ? $"tensor '{name}' begins at byte {tensor.Offset}, inside the one before it"
                    : $"the bytes {end} to {tensor.Offset}, before tensor '{name}', belong to no tensor");
            end += tensor.ByteCount;
        }
        if (end > dataLength)
            throw new InvalidDataException($"it ends too early: {dataLength} bytes of data instead of {end}");
        if (end < dataLength)
            throw new InvalidDataException($"{dataLength - end} bytes at its end belong to no tensor");
    }
}
