using Google.Protobuf;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Tests.Support;

/// <summary>
/// An ONNX image network of 224 x 224 pixels without weights: means of 16 x 16 pixels, [3, 14, 14], added to themselves; means of four of
/// these, [3, 7, 7]; and the mean of each channel, the embedding. Its maps can be said in advance.
/// </summary>
internal static class PooledBackbone
{
    public const string Middle = "middle", Coarse = "coarse";

    public static void Write(string path)
    {
        var graph = new OnnxGraph();
        string image = graph.AddInput("image", TensorProto.Types.DataType.Float, 3, 224, 224);
        string means = graph.AddNode("AveragePool", [image], ("kernel_shape", new long[] { 16, 16 }), ("strides", new long[] { 16, 16 }));
        string middle = graph.AddNamedNode(Middle, "Add", [means, means]);
        string fewer = graph.AddNode("AveragePool", [middle], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        string one = graph.AddWeight("one", [1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3, 1, 1);
        string coarse = graph.AddNamedNode(Coarse, "Conv", [fewer, one]);
        graph.AddNamedNode("embedding", "GlobalAveragePool", [coarse]);
        graph.AddOutput("embedding", TensorProto.Types.DataType.Float, 3, 1, 1);
        graph.Proto.Name = "backbone";
        var model = new ModelProto { IrVersion = 8, Graph = graph.Proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        File.WriteAllBytes(path, model.ToByteArray());
    }
}
