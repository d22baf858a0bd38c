using System.Buffers.Binary;
using System.Text.Json;
using VisualSentiment.Common;

namespace VisualSentiment.Weights;

/// <summary>Writes a safetensors file of 32-bit floating-point numbers and 64-bit integers, atomically.</summary>
internal static class SafetensorsWriter
{
    // The alignment of the data in the format's reference implementation.
    private const int Alignment = 8;

    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="tensors">The tensors, by name.</param>
    /// <param name="metadata">Free text about the file.</param>
    public static void Write(
        string path, IReadOnlyDictionary<string, StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        (string Name, StoredTensor Tensor)[] ordered =
            [.. tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, t.Value))];
        using var content = new MemoryStream();
        content.Write(stackalloc byte[sizeof(ulong)]);
        WriteHeader(content, ordered, metadata);
        while (content.Length % Alignment != 0)
            content.WriteByte((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(content.GetBuffer(), (ulong)content.Length - sizeof(ulong));
        foreach (var (_, tensor) in ordered)
            content.Write(tensor.Bytes);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, content.WriteTo);
    }

    private static void WriteHeader(Stream stream, (string Name, StoredTensor Tensor)[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartObject("__metadata__");
        foreach (var (name, value) in metadata)
            json.WriteString(name, value);
        json.WriteEndObject();
        long offset = 0;
        foreach (var (name, tensor) in tensors)
        {
            json.WriteStartObject(name);
            json.WriteString("dtype", tensor.Type.ToString());
            WriteNumbers(json, "shape", tensor.Shape);
            WriteNumbers(json, "data_offsets", [offset, offset += tensor.Bytes.Length]);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
