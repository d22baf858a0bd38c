using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx;

/// <summary>A model that also tells what is inside it.</summary>
internal static class ObservedModel
{
    /// <summary>A session of one thread in which the named values, floats, are outputs too.</summary>
    public static InferenceSession Load(ModelProto model, IEnumerable<string> values)
    {
        var observed = model.Clone();
        foreach (string value in values)
            observed.Graph.Output.Add(new ValueInfoProto
            {
                Name = value,
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } },
            });
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(observed.ToByteArray(), options);
    }
}
