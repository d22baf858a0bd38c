using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Support;

/// <summary>Writes safetensors files, and the header of broken ones.</summary>
internal sealed class SafetensorsBuilder
{
    private readonly JsonObject _header = [];
    private readonly List<byte> _data = [];

    public SafetensorsBuilder Add(string name, string type, long[] shape, ReadOnlySpan<byte> data)
    {
        _header[name] = new JsonObject
        {
            ["dtype"] = type,
            ["shape"] = new JsonArray([.. shape.Select(d => JsonValue.Create(d))]),
            ["data_offsets"] = new JsonArray(_data.Count, _data.Count + data.Length),
        };
        _data.AddRange(data);
        return this;
    }

    public SafetensorsBuilder Add(string name, long[] shape, params float[] values) =>
        Add(name, nameof(SafetensorsType.F32), shape, MemoryMarshal.AsBytes<float>(values));

    public SafetensorsBuilder AddMetadata(string key, string value)
    {
        _header["__metadata__"] = new JsonObject { [key] = value };
        return this;
    }

    /// <summary>Everything a network holds, as single precision and 64-bit integers.</summary>
    public SafetensorsBuilder AddAll(nn.Module network, Func<string, string>? rename = null, string? skip = null)
    {
        foreach ((string name, Tensor tensor) in network.state_dict().Where(t => t.Key != skip))
        {
            using Tensor contiguous = tensor.detach().clone().contiguous();
            Add(rename?.Invoke(name) ?? name, tensor.dtype == ScalarType.Int64 ? "I64" : "F32", tensor.shape, contiguous.bytes);
        }
        return this;
    }

    public byte[] ToArray() => Raw(_header.ToJsonString(), _data.ToArray());

    public string WriteTo(string path)
    {
        File.WriteAllBytes(path, ToArray());
        return path;
    }

    public static byte[] Raw(string header, params byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }
}
