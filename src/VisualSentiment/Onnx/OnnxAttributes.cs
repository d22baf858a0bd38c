using System.Runtime.InteropServices;
using Google.Protobuf;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;
using Kind = VisualSentiment.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace VisualSentiment.Onnx;

/// <summary>Creates and reads node attributes.</summary>
internal static class OnnxAttributes
{
    public static AttributeProto Create(string name, object value) => value switch
    {
        long number => new() { Name = name, Type = Kind.Int, I = number },
        int number => new() { Name = name, Type = Kind.Int, I = number },
        bool flag => new() { Name = name, Type = Kind.Int, I = flag ? 1 : 0 },
        float number => new() { Name = name, Type = Kind.Float, F = number },
        double number => new() { Name = name, Type = Kind.Float, F = (float)number },
        string text => new() { Name = name, Type = Kind.String, S = ByteString.CopyFromUtf8(text) },
        long[] numbers => new() { Name = name, Type = Kind.Ints, Ints = { numbers } },
        float[] numbers => new() { Name = name, Type = Kind.Floats, Floats = { numbers } },
        TensorProto tensor => new() { Name = name, Type = Kind.Tensor, T = tensor },
        string[] texts => new() { Name = name, Type = Kind.Strings, Strings = { texts.Select(ByteString.CopyFromUtf8) } },
        _ => throw new ArgumentException(
            $"the attribute '{name}' is a {value?.GetType().Name ?? "null"}; it must be a number, a string, or an array of long, float or string"),
    };

    public static long GetInteger(this NodeProto node, string name, long defaultValue) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? defaultValue;

    public static long[] GetIntegers(this NodeProto node, string name, params long[] defaultValue) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name) is { } attribute ? [.. attribute.Ints] : defaultValue;
}

/// <summary>Creates constants.</summary>
internal static class OnnxTensors
{
    public static TensorProto Create<T>(string name, DataType type, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged => new()
        {
            Name = name,
            DataType = (int)type,
            Dims = { shape.ToArray() },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
        };
}
