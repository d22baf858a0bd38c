using System.Reflection;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Export.Passes;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using static TorchSharp.torch;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Export;

/// <summary>
/// Exports a network to an ONNX model that takes RGB bytes: <c>pixels</c> uint8 [N, 224, 224, 3] to <c>Score</c> float
/// [N, C] (probabilities) and <c>logits</c> float [N, C]. The same network gives the same bytes.
/// </summary>
internal static class OnnxExporter
{
    private const int IntermediateRepresentationVersion = 8;

    public static readonly string LibraryVersion =
        typeof(OnnxExporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>
    /// The unsupported modules by path, such as <c>features.3 (LSTM)</c>, or the reason why the network could not be
    /// loaded after export; empty if the network can be exported.
    /// </summary>
    public static IReadOnlyList<string> FindUnsupported(nn.Module network)
    {
        LibTorchBackend.EnsureLoaded();
        List<string> unsupported = [];
        var graph = new OnnxGraph(unsupported.Add);
        graph.AddModule("", network, graph.AddInput(ModelNames.Pixels, DataType.Float, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width));
        if (unsupported.Count == 0)
        {
            try
            {
                GraphCheck.Run(graph.Proto, graph.Proto.CalculateSize());
            }
            catch (InvalidGraphException e)
            {
                unsupported.Add(e.Message);
            }
        }
        return unsupported;
    }

    /// <summary>Exports a network.</summary>
    /// <param name="network">The network from normalized pixels [N, 3, S, S] to logits [N, C]; exported in evaluation mode.</param>
    /// <param name="info">The metadata.</param>
    /// <exception cref="NotSupportedException">The network cannot be exported, or could not be loaded after export.</exception>
    public static byte[] Export(nn.Module<Tensor, Tensor> network, OnnxModelInfo info)
    {
        if (OnnxModelInfo.FindError(info.Classes) is { } invalidClasses)
            throw new ArgumentException(invalidClasses, nameof(info));
        LibTorchBackend.EnsureLoaded();

        var graph = new OnnxGraph();
        string value = graph.AddInput(ModelNames.Pixels, DataType.Uint8, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels);
        // Bytes are transposed because floats would take four times as long.
        string planes = graph.AddNode("Transpose", [value], ("perm", new long[] { 0, 3, 1, 2 }));
        string cast = value = graph.AddNode("Cast", [planes], ("to", (int)DataType.Float));
        if (info.InputSize != PixelFormat.Height)
            value = Resize(graph, value, info.InputSize);
        string centered = graph.AddNode("Sub",
            [value, AddChannels(graph, "normalization.mean", info.Normalization.Mean.Select(m => 255.0 * m))]);
        string normalized = graph.AddNode("Mul",
            [centered, AddChannels(graph, "normalization.scale", info.Normalization.StandardDeviation.Select(s => 1 / (255.0 * s)))]);
        value = graph.AddModule("", network, normalized);
        value = graph.AddNamedNode(ModelNames.Logits, "Identity", [value]);
        graph.AddNamedNode(ModelNames.Score, "Softmax", [value], ("axis", 1));
        graph.AddOutput(ModelNames.Score, DataType.Float, info.Classes.Count);
        graph.AddOutput(ModelNames.Logits, DataType.Float, info.Classes.Count);
        BatchNormFolding.Apply(graph.Proto);
        NormalizationFolding.Apply(graph.Proto, centered, normalized);
        InterleavedPixels.Apply(graph.Proto, planes, cast);
        graph.Proto.Name = "student";
        byte[] bytes = Finish(graph.Proto, info);
        return ModelValidator.FindError(bytes) is { } error
            ? throw new NotSupportedException($"The network cannot be exported to ONNX: {error}.") : bytes;
    }

    /// <summary>Creates the file of a graph, with metadata and digest.</summary>
    public static byte[] Finish(GraphProto graph, OnnxModelInfo info)
    {
        var model = new ModelProto
        {
            IrVersion = IntermediateRepresentationVersion,
            ProducerName = "VisualSentiment",
            ProducerVersion = LibraryVersion,
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = ModelNames.OperatorSetVersion } },
        };
        foreach (var (key, text) in info.ToMetadata(LibraryVersion))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text });
        return ModelDigest.Seal(model);
    }

    /// <summary>Adds a constant with one number per channel, [1, C, 1, 1].</summary>
    private static string AddChannels(OnnxGraph graph, string name, IEnumerable<double> values)
    {
        float[] channels = [.. values.Select(value => (float)value)];
        return graph.AddWeight(name, channels, 1, channels.Length, 1, 1);
    }

    private static string Resize(OnnxGraph graph, string value, int size) => graph.AddNode("Resize",
        [value, "", "", graph.AddIntegers("resize.sizes", [size, size], 2)],
        ("axes", new long[] { 2, 3 }), ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"));
}
