using Google.Protobuf;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Tests.Support;

/// <summary>An ONNX image network whose embedding is the mean of each channel of an image of 32 x 32 pixels.</summary>
internal static class TinyBackbone
{
    public static void Write(string path)
    {
        var graph = new OnnxGraph();
        string image = graph.AddInput("image", TensorProto.Types.DataType.Float, 3, 32, 32);
        graph.AddNamedNode("embedding", "GlobalAveragePool", [image]);
        graph.AddOutput("embedding", TensorProto.Types.DataType.Float, 3, 1, 1);
        graph.Proto.Name = "backbone";
        var model = new ModelProto { IrVersion = 8, Graph = graph.Proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        File.WriteAllBytes(path, model.ToByteArray());
    }
}
