using Google.Protobuf;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Import;

/// <summary>A third-party image network that takes RGB bytes [N, H, W, 3] instead of its own input.</summary>
/// <param name="Model">The network with the preceding steps from bytes to its own input.</param>
/// <param name="Output">The output with the embedding.</param>
/// <param name="Parameters">The number of its parameters.</param>
internal sealed record BackboneGraph(ModelProto Model, string Output, long Parameters)
{
    // A prefix that no published network uses.
    private const string Prefix = "visualsentiment.backbone/";
    private static readonly string[] UsualOutputs = ["embedding", "embeddings", "features", "pooled"];

    /// <summary>The name of the input for the bytes.</summary>
    public const string PixelInput = Prefix + "pixels";

    /// <summary>Reads a network and prepends the steps from bytes to its own input.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="embeddingOutput">The output with the embedding; null for the only output, or one with a common name.</param>
    /// <param name="normalization">The normalization of the network's input.</param>
    /// <exception cref="InvalidModelException">The file is not an ONNX model that maps an image to an embedding.</exception>
    public static BackboneGraph Open(string path, string? embeddingOutput, PixelNormalization normalization)
    {
        ModelProto model = Parse(path);
        GraphProto graph = model.Graph;
        ValueInfoProto input = FindInput(graph, path);
        string output = FindOutput(graph, embeddingOutput, path);
        var (height, width, channelsFirst) = ReadLayout(input, path);
        long parameters = graph.Initializer.Where(t => t.Dims.Count > 0).Sum(t => t.Dims.Aggregate(1L, (product, size) => product * size));
        Prepend(graph, input, normalization, height, width, channelsFirst);
        return new BackboneGraph(model, output, parameters);
    }

    /// <summary>Reads a file that contains all weights of a network.</summary>
    /// <exception cref="InvalidModelException">The file cannot be read, is not an ONNX model, or refers to other files.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            using FileStream file = RegularFile.Open(path);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            WireScan.CheckForeign(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidGraphException)
        {
            throw new InvalidModelException(path, e.Message, e);
        }
    }

    private static ModelProto Parse(string path)
    {
        byte[] bytes = Read(path);
        try
        {
            var model = ModelProto.Parser.ParseFrom(bytes);
            return model.Graph is { Node.Count: > 0 } ? model : throw new InvalidModelException(path, "it is not a complete ONNX model");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidModelException(path, "it is not a complete ONNX model", e);
        }
    }

    private static ValueInfoProto FindInput(GraphProto graph, string path)
    {
        // Old versions of the format list the weights as inputs.
        var weights = graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        ValueInfoProto[] inputs = [.. graph.Input.Where(input => !weights.Contains(input.Name))];
        return inputs is [var only] ? only : throw new InvalidModelException(path,
            $"it has the inputs {string.Join(", ", inputs.Select(input => input.Name))}; a network with one input, the image, is required");
    }

    private static string FindOutput(GraphProto graph, string? wanted, string path)
    {
        string[] outputs = [.. graph.Output.Select(output => output.Name)];
        if (wanted is not null)
            return outputs.Contains(wanted) ? wanted : throw new InvalidModelException(path,
                $"it has no output '{wanted}'; its outputs are {string.Join(", ", outputs)}");
        if (outputs is [var only])
            return only;
        return Array.Find(outputs, output => UsualOutputs.Contains(output, StringComparer.OrdinalIgnoreCase)) ?? throw new InvalidModelException(
            path, $"it has the outputs {string.Join(", ", outputs)}; set the one with the embedding in OnnxBackboneOptions.EmbeddingOutput");
    }

    private static (int Height, int Width, bool ChannelsFirst) ReadLayout(ValueInfoProto input, string path)
    {
        var tensor = input.Type.TensorType;
        int[] dims = [.. tensor.Shape?.Dim.Select(dim => (int)dim.DimValue) ?? []];
        if (tensor.ElemType == (int)DataType.Float && dims is [_, 3, var h, var w])
            return (Size(h, PixelFormat.Height), Size(w, PixelFormat.Width), true);
        if (tensor.ElemType == (int)DataType.Float && dims is [_, var height, var width, 3])
            return (Size(height, PixelFormat.Height), Size(width, PixelFormat.Width), false);
        throw new InvalidModelException(path, $"its input '{input.Name}' is {(DataType)tensor.ElemType} [{string.Join(", ", dims)}]; "
            + "it must be Float [N, 3, H, W] or [N, H, W, 3]");

        static int Size(int declared, int defaultSize) => declared > 0 ? declared : defaultSize;
    }

    private static void Prepend(GraphProto graph, ValueInfoProto input, PixelNormalization normalization, int height, int width, bool channelsFirst)
    {
        var nodes = new GraphAdditions(graph.ValueNames());
        string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
            nodes.Add(Prefix + operation, operation, inputs, attributes);
        // Constant nodes, because old versions of the format require initializers to be inputs.
        string Constant(float[] values) =>
            Add("Constant", [], ("value", OnnxTensors.Create<float>("", DataType.Float, values, values.Length)));

        var (scale, offset) = normalization.ToScaleAndOffset();
        string value = Add("Cast", [PixelInput], ("to", (int)DataType.Float));
        value = Add("Mul", [value, Constant(scale)]);
        value = Add("Add", [value, Constant(offset)]);
        value = Add("Transpose", [value], ("perm", new long[] { 0, 3, 1, 2 }));
        if (height != PixelFormat.Height || width != PixelFormat.Width)
            value = Add("Resize", [value, Constant([]), Constant([1, 1, (float)height / PixelFormat.Height, (float)width / PixelFormat.Width])],
                ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"));
        if (!channelsFirst)
            value = Add("Transpose", [value], ("perm", new long[] { 0, 2, 3, 1 }));
        nodes.Nodes[^1].Output[0] = input.Name;

        ValueInfoProto pixels = GraphProtoExtensions.Describe(PixelInput, DataType.Uint8, [PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        if (input.Type.TensorType.Shape.Dim[0].DimValue == 1)
            pixels.Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
        graph.Input.Remove(input);
        graph.Input.Add(pixels);
        NodeProto[] own = [.. graph.Node];
        graph.Node.Clear();
        graph.Node.Add(nodes.Nodes);
        graph.Node.Add(own);
    }
}
