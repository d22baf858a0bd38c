using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using VisualSentiment.Common;

namespace VisualSentiment.Networks.Pretrained;

/// <summary>Writes a safetensors file of 32-bit floating-point numbers and 64-bit integers, atomically.</summary>
internal static class SafetensorsWriter
{
    // The data begins at a multiple of so many bytes, as the format's reference implementation has it.
    private const int Alignment = 8;

    /// <param name="path">The file; another of the same name is replaced.</param>
    /// <param name="tensors">The tensors, by name.</param>
    /// <param name="metadata">Free text about the file.</param>
    public static void Write(string path, IReadOnlyDictionary<string, StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        (string Name, StoredTensor Tensor)[] ordered = [.. tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, t.Value))];
        byte[] header = Header(ordered, metadata);
        AtomicFile.Write(full, file =>
        {
            Span<byte> length = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            file.Write(length);
            file.Write(header);
            foreach (var (_, tensor) in ordered)
                file.Write(tensor.Bytes);
        });
    }

    private static byte[] Header((string Name, StoredTensor Tensor)[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
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
        while (buffer.Length % Alignment != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
