using Google.Protobuf;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Scoring.Saving;

/// <summary>
/// The student's ONNX model as it stands in a saved chain. ML.NET names columns after the model's inputs and outputs, takes
/// their types from the shapes, and slot names from a node; exported files have none of this.
/// </summary>
internal static class ChainModel
{
    private const string SlotNames = $"mlnet.{ChainColumns.Score}.SlotNames";
    private const string MachineLearningDomain = "ai.onnx.ml";
    private const int MachineLearningOperatorSetVersion = 2;

    /// <summary>The copy of a student's model for a saved chain.</summary>
    public static byte[] Create(byte[] onnxModel, IReadOnlyList<string> classes)
    {
        var model = ModelProto.Parser.ParseFrom(OnnxEditor.RenameInput(onnxModel, ChainColumns.Pixels));
        RemoveAdditions(model);
        AddRowOfScores(model.Graph, classes.Count);
        AddSlotNames(model.Graph, classes);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = MachineLearningDomain, Version = MachineLearningOperatorSetVersion });
        return model.ToByteArray();
    }

    /// <summary>The model that <see cref="Create"/> copied, byte for byte; what is no such copy stays as it is.</summary>
    public static byte[] Restore(byte[] onnxModel)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(onnxModel);
        }
        catch (InvalidProtocolBufferException)
        {
            // The error belongs to the code that loads the model.
            return onnxModel;
        }
        if (model.Graph?.Input is not [{ Name: ChainColumns.Pixels }])
            return onnxModel;
        RemoveAdditions(model);
        return OnnxEditor.RenameInput(model.ToByteArray(), OnnxExporter.Pixels);
    }

    private static void RemoveAdditions(ModelProto model)
    {
        GraphProto graph = model.Graph;
        NodeProto[] added = [.. graph.Node.Where(node => node.Domain == MachineLearningDomain || node.Name == ChainColumns.Score)];
        foreach (NodeProto node in added)
        {
            graph.Node.Remove(node);
            Remove(graph.Initializer, constant => node.Input.Contains(constant.Name));
        }
        Remove(graph.Output, output => output.Name == ChainColumns.Score);
        Remove(model.OpsetImport, set => set.Domain == MachineLearningDomain);
    }

    /// <summary>The scores of one image as an output [C]: an output [N, C] becomes a column of matrices.</summary>
    private static void AddRowOfScores(GraphProto graph, int classes)
    {
        const string Shape = $"{ChainColumns.Score}.shape";
        graph.Initializer.Add(OnnxTensors.Create<long>(Shape, DataType.Int64, [classes], 1));
        graph.Node.Add(new NodeProto
        {
            Name = ChainColumns.Score,
            OpType = "Reshape",
            Input = { OnnxExporter.Score, Shape },
            Output = { ChainColumns.Score },
        });
        ValueInfoProto output = OnnxGraph.Describe(ChainColumns.Score, DataType.Float, [classes]);
        // The batch.
        output.Type.TensorType.Shape.Dim.RemoveAt(0);
        graph.Output.Add(output);
    }

    /// <summary>The class names, in an attribute of a node that ML.NET finds by its name. Nothing reads the node's output.</summary>
    private static void AddSlotNames(GraphProto graph, IReadOnlyList<string> classes)
    {
        string[] names = [.. classes];
        graph.Initializer.Add(new TensorProto
        {
            Name = $"{SlotNames}.classes",
            DataType = (int)DataType.String,
            Dims = { names.Length },
            StringData = { names.Select(ByteString.CopyFromUtf8) },
        });
        graph.Node.Add(new NodeProto
        {
            Name = SlotNames,
            OpType = "LabelEncoder",
            Domain = MachineLearningDomain,
            Input = { $"{SlotNames}.classes" },
            Output = { $"{SlotNames}.indices" },
            Attribute =
            {
                OnnxAttributes.Create("keys_strings", names),
                OnnxAttributes.Create("values_int64s", Enumerable.Range(0, names.Length).Select(i => (long)i).ToArray()),
            },
        });
    }

    private static void Remove<T>(ICollection<T> values, Func<T, bool> isAdded)
    {
        foreach (T value in values.Where(isAdded).ToArray())
            values.Remove(value);
    }
}
