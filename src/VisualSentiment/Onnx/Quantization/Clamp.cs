using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>An activation that only cuts off, which the range of bytes does by itself.</summary>
/// <param name="AtZero">Negative numbers become 0.</param>
/// <param name="Upper">What larger numbers become; null where nothing is cut off above.</param>
internal readonly record struct Clamp(bool AtZero, float? Upper)
{
    /// <summary>ReLU, or Clip from 0; null where the node is something else.</summary>
    public static Clamp? TryRead(NodeProto node, GraphIndex index) => node.OpType switch
    {
        "Relu" => new(true, null),
        "Clip" when index.FindWeight(node, 1)?.ReadFloats() is [0] && node.Input.Count == 2 => new(true, null),
        "Clip" when index.FindWeight(node, 1)?.ReadFloats() is [0] && index.FindWeight(node, 2)?.ReadFloats() is [var upper] => new(true, upper),
        _ => null,
    };
}
