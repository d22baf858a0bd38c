using System.Runtime.InteropServices;
using Google.Protobuf;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx;

/// <summary>Constants of a graph from arrays.</summary>
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
