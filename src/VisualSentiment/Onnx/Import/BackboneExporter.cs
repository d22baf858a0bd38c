using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Ensembles;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Import;

/// <summary>
/// Combines backbones and a dense head on their concatenated embeddings in one model, with the inputs and outputs of a
/// student.
/// </summary>
internal static class BackboneExporter
{
    /// <summary>Exports backbones with a head.</summary>
    /// <param name="files">The backbones.</param>
    /// <param name="weights">The weights of the head, [C, D].</param>
    /// <param name="bias">The bias of the head, [C].</param>
    /// <param name="info">The metadata.</param>
    /// <exception cref="InvalidModelException">The file of a backbone is missing or is not a backbone.</exception>
    /// <exception cref="NotSupportedException">
    /// A backbone cannot be exported, or the model could not be loaded.
    /// </exception>
    public static byte[] Export(
        IReadOnlyList<BackboneFile> files, float[] weights, float[] bias, OnnxModelInfo info)
    {
        var graph = new GraphProto
        {
            Name = "teacher",
            Input =
            {
                GraphProtoExtensions.Describe(ModelNames.Pixels, DataType.Uint8,
                    [PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]),
            },
            Output =
            {
                GraphProtoExtensions.Describe(ModelNames.Score, DataType.Float, [bias.Length]),
                GraphProtoExtensions.Describe(ModelNames.Logits, DataType.Float, [bias.Length]),
            },
        };
        var shared = new SharedGraph(graph);
        string[] outputs = [.. files.Select((file, i) =>
        {
            BackboneGraph backbone = BackboneGraph.Open(file);
            GraphProto simple = Simplify(backbone, file.Path);
            return shared.Add(simple, backbone.Output, $"backbone{i + 1}.");
        })];

        try
        {
            AddHead(graph, outputs, weights, bias);
        }
        catch (InvalidGraphException e)
        {
            throw NotExportable(files, e.Message);
        }
        byte[] model = OnnxExporter.Finish(graph, info);
        return ModelValidator.FindError(model) is { } error ? throw NotExportable(files, error) : model;
    }

    private static void AddHead(GraphProto graph, string[] outputs, float[] weights, float[] bias)
    {
        var values = GraphCheck.Run(graph, fileSize: 0);
        foreach (NodeProto pooling in graph.Node.Where(node => node.OpType == "AveragePool"))
            if (values[pooling.Input[0]].Dims.AsSpan(2).SequenceEqual(pooling.GetIntegers("kernel_shape"))
                && values[pooling.Output[0]].Dims is [_, _, 1, 1] && pooling.GetIntegers("pads").All(pad => pad == 0))
            {
                pooling.OpType = "GlobalAveragePool";
                pooling.Attribute.Clear();
            }

        var head = new GraphAdditions(graph.ValueNames());
        string[] embeddings = [.. outputs.Select(output => values[output].Dims switch
        {
            [_, _] => output,
            [_, _, 1, 1] => head.Add("embedding", "Flatten", [output]),
            _ => head.Add("embedding", "Flatten", [head.Add("pooled", "GlobalAveragePool", [output])]),
        })];
        string embedding = embeddings is [var only] ? only : head.Add("embedding", "Concat", embeddings, ("axis", 1));
        string dense = head.Add("head", "Gemm",
            [
                embedding,
                head.Add<float>("head.weight", DataType.Float, weights, bias.Length, weights.Length / bias.Length),
                head.Add<float>("head.bias", DataType.Float, bias, bias.Length),
            ],
            ("transB", 1));
        head.Add(ModelNames.Logits, "Identity", [dense]);
        head.Add(ModelNames.Score, "Softmax", [ModelNames.Logits], ("axis", 1));
        graph.Node.Add(head.Nodes);
        graph.Initializer.Add(head.Constants);
    }

    /// <summary>
    /// The graph of the embedding in the operator set of this library, with the basic optimizations of ONNX Runtime:
    /// values that do not depend on the image become constants, and batch normalizations part of the convolutions.
    /// </summary>
    private static GraphProto Simplify(BackboneGraph backbone, string path)
    {
        GraphProto graph = backbone.Model.Graph;
        ValueInfoProto input = graph.Input.Single(value => value.Name == BackboneGraph.PixelInput);
        if (input.Type.TensorType.Shape.Dim[0].HasDimValue)
            throw new NotSupportedException($"The backbone '{path}' cannot be saved: its input is a batch of one "
                + "image. Export the backbone with a variable first dimension, and train again.");
        ValueInfoProto embedding = graph.Output.First(output => output.Name == backbone.Output);
        graph.Output.Clear();
        graph.Output.Add(embedding);
        // Weights that are listed as inputs are not constants.
        graph.Input.Clear();
        graph.Input.Add(input);
        backbone.Model.IrVersion = Math.Max(backbone.Model.IrVersion, 4);
        // ONNX Runtime folds a padding into its convolution only if no empty input follows.
        foreach (NodeProto node in graph.Node)
            while (node.Input.Count > 0 && node.Input[^1].Length == 0)
                node.Input.RemoveAt(node.Input.Count - 1);

        var folder = Directory.CreateTempSubdirectory("visualsentiment-saving-");
        ModelProto model;
        try
        {
            string file = Path.Combine(folder.FullName, "backbone.onnx");
            using var options = new SessionOptions
            {
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
                OptimizedModelFilePath = file,
            };
            new InferenceSession(backbone.Model.ToByteArray(), options).Dispose();
            model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file));
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidModelException(path, $"ONNX Runtime cannot load it: {e.Message}", e);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        IReadOnlyList<string> unsupported = OperatorSetUpgrade.Apply(model);
        return unsupported.Count == 0 ? model.Graph : throw new NotSupportedException(
            $"The backbone '{path}' cannot be saved: it has the operators {string.Join(", ", unsupported)}, which are "
            + "not supported in saved models. Distill a student from the teacher and save the student.");
    }

    private static NotSupportedException NotExportable(IReadOnlyList<BackboneFile> files, string reason) => new(
        $"The teacher with {string.Join(" and ", files.Select(file => $"'{file.Path}'"))} cannot be saved: "
        + $"{reason.Replace($"; {InvalidGraphException.ExportAgain}", "", StringComparison.Ordinal)}.");
}
