using Google.Protobuf;
using Google.Protobuf.Collections;
using VisualSentiment.Data.Columns;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Files;

/// <summary>
/// The student's ONNX model as it stands in a saved chain. ML.NET names columns after the model's inputs and outputs, takes
/// their types from the shapes, and slot names from a node; exported files have none of this.
/// </summary>
internal static class ChainModel
{
    private const string SlotNames = $"mlnet.{ChainColumns.Score}.SlotNames";
    private const string SlotNameClasses = $"{SlotNames}.classes";
    private const string ScoreShape = $"{ChainColumns.Score}.shape";
    private const string MachineLearningDomain = "ai.onnx.ml";
    private const int MachineLearningOperatorSetVersion = 2;

    /// <summary>The copy of a student's model for a saved chain. Its digest stays that of the student's model.</summary>
    public static byte[] Create(byte[] onnxModel, IReadOnlyList<string> classes)
    {
        var model = ModelProto.Parser.ParseFrom(onnxModel);
        RemoveAdditions(model);
        RenameInput(model.Graph, ChainColumns.Pixels);
        AddRowOfScores(model.Graph, classes.Count);
        AddSlotNames(model.Graph, classes);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = MachineLearningDomain, Version = MachineLearningOperatorSetVersion });
        return model.ToByteArray();
    }

    /// <summary>The model that <see cref="Create"/> copied, byte for byte; what is no such copy stays as it is.</summary>
    /// <param name="onnxModel">The bytes, which nothing has checked.</param>
    /// <param name="name">What the model is called in messages.</param>
    /// <exception cref="InvalidModelException">They are no model, or one beyond the limits.</exception>
    public static byte[] Restore(byte[] onnxModel, string name)
    {
        ModelProto model = ModelValidator.Parse(onnxModel, name);
        if (model.Graph?.Input is not [{ Name: ChainColumns.Pixels }])
            return onnxModel;
        RemoveAdditions(model);
        RenameInput(model.Graph, ModelNames.Pixels);
        return model.ToByteArray();
    }

    private static void RenameInput(GraphProto graph, string name)
    {
        string old = graph.Input.Single().Name;
        graph.Input[0].Name = name;
        foreach (NodeProto node in graph.Node)
            for (int i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == old)
                    node.Input[i] = name;
    }

    private static void RemoveAdditions(ModelProto model)
    {
        GraphProto graph = model.Graph;
        HashSet<string> constants = [.. graph.Node.Where(IsAdded).SelectMany(node => node.Input).Where(IsOwn)];
        Remove(graph.Node, IsAdded);
        Remove(graph.Initializer, constant => constants.Contains(constant.Name));
        Remove(graph.Output, output => output.Name == ChainColumns.Score);
        Remove(model.OpsetImport, set => set.Domain == MachineLearningDomain);
    }

    private static bool IsAdded(NodeProto node) => node.Domain == MachineLearningDomain || node.Name == ChainColumns.Score;

    private static bool IsOwn(string constant) => constant is ScoreShape or SlotNameClasses;

    /// <summary>The scores of one image as an output [C]: an output [N, C] becomes a column of matrices.</summary>
    private static void AddRowOfScores(GraphProto graph, int classes)
    {
        graph.Initializer.Add(OnnxTensors.Create<long>(ScoreShape, DataType.Int64, [classes], 1));
        graph.Node.Add(new NodeProto
        {
            Name = ChainColumns.Score,
            OpType = "Reshape",
            Input = { ModelNames.Score, ScoreShape },
            Output = { ChainColumns.Score },
        });
        ValueInfoProto output = GraphProtoExtensions.Describe(ChainColumns.Score, DataType.Float, [classes]);
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
            Name = SlotNameClasses,
            DataType = (int)DataType.String,
            Dims = { names.Length },
            StringData = { names.Select(ByteString.CopyFromUtf8) },
        });
        graph.Node.Add(new NodeProto
        {
            Name = SlotNames,
            OpType = "LabelEncoder",
            Domain = MachineLearningDomain,
            Input = { SlotNameClasses },
            Output = { $"{SlotNames}.indices" },
            Attribute =
            {
                OnnxAttributes.Create("keys_strings", names),
                OnnxAttributes.Create("values_int64s", Enumerable.Range(0, names.Length).Select(i => (long)i).ToArray()),
            },
        });
    }

    // One pass, however many there are: a crafted model has thousands.
    private static void Remove<T>(RepeatedField<T> values, Func<T, bool> isRemoved)
    {
        T[] rest = [.. values.Where(value => !isRemoved(value))];
        values.Clear();
        values.AddRange(rest);
    }
}
