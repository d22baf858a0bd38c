using Google.Protobuf;
using VisualSentiment.Onnx.Proto;
using Kind = VisualSentiment.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace VisualSentiment.Onnx;

/// <summary>Node attributes from plain values, and back.</summary>
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
            $"the attribute '{name}' is a {value?.GetType().Name ?? "null"}; it must be a number, a text, or an array of long, float or string"),
    };

    public static long GetInteger(this NodeProto node, string name, long otherwise) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? otherwise;

    public static long[] GetIntegers(this NodeProto node, string name, params long[] otherwise) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name) is { } attribute ? [.. attribute.Ints] : otherwise;
}
