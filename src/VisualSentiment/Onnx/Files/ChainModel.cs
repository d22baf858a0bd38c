using Google.Protobuf;
using Google.Protobuf.Collections;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Prediction.Persistence;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Files;

/// <summary>
/// Converts a student's model to and from the form in a saved chain. ML.NET takes columns from the model's inputs and
/// outputs, their types from the shapes, and slot names from a node; exported files do not have these.
/// </summary>
internal static class ChainModel
{
    private const string SlotNames = $"mlnet.{ChainColumns.Score}.SlotNames";
    private const string SlotNameClasses = $"{SlotNames}.classes";
    private const string ScoreShape = $"{ChainColumns.Score}.shape";
    private const string MachineLearningDomain = "ai.onnx.ml";
    private const int MachineLearningOperatorSetVersion = 2;

    /// <summary>Creates the model for a saved chain. Its digest remains that of the student's model.</summary>
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

    /// <summary>Restores the original bytes of a model from <see cref="Create"/>; returns other models unchanged.</summary>
    /// <param name="onnxModel">The bytes, not yet validated.</param>
    /// <param name="name">The name of the model in messages.</param>
    /// <exception cref="InvalidModelException">The bytes are not a model, or exceed a limit.</exception>
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

    /// <summary>Adds the scores of one image as an output [C], because ML.NET reads an output [N, C] as a matrix.</summary>
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

    /// <summary>Adds the class names in an attribute of a node that ML.NET finds by its name. The node's output is unused.</summary>
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

    // In one pass, because a malicious model may have thousands.
    private static void Remove<T>(RepeatedField<T> values, Func<T, bool> isRemoved)
    {
        T[] rest = [.. values.Where(value => !isRemoved(value))];
        values.Clear();
        values.AddRange(rest);
    }
}

/// <summary>The temporary columns of a saved chain. They must not change, like <see cref="ContractNames"/>.</summary>
internal static class ChainColumns
{
    public const string Image = "VisualSentiment.Image";
    public const string Zero = "VisualSentiment.Zero";
    public const string Height = "VisualSentiment.Height";
    public const string Width = "VisualSentiment.Width";
    public const string Pixels = "VisualSentiment.Pixels";
    public const string PredictedLabel = "VisualSentiment.PredictedLabel";
    public const string Score = "VisualSentiment.Score";
    public const string Winner = "VisualSentiment.Winner";
}
