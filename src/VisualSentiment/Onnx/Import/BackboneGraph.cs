using Google.Protobuf;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Import;

/// <summary>The graph of an image network of somebody else, which takes RGB bytes [N, H, W, 3] in place of its own input.</summary>
/// <param name="Model">The network, with the steps from bytes to its own input before it.</param>
/// <param name="Output">The output that describes an image.</param>
/// <param name="Parameters">The numbers in its weights.</param>
internal sealed record BackboneGraph(ModelProto Model, string Output, long Parameters)
{
    // Names that no published network uses, since the new nodes live among its own.
    private const string Prefix = "visualsentiment.backbone/";
    private static readonly string[] UsualOutputs = ["embedding", "embeddings", "features", "pooled"];

    /// <summary>The name of the input for the bytes.</summary>
    public const string PixelInput = Prefix + "pixels";

    /// <summary>Reads a network's file and puts the steps from bytes to its own input before it.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="embeddingOutput">The output that describes an image; null for the only one, or one of a usual name.</param>
    /// <param name="normalization">What the network is fed.</param>
    /// <exception cref="InvalidModelException">The file is no ONNX model, or not one that maps an image to an embedding.</exception>
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

    /// <summary>The bytes of a network whose weights are in its file.</summary>
    /// <exception cref="InvalidModelException">The file cannot be read, is no ONNX model, or refers to other files.</exception>
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
            return model.Graph is { Node.Count: > 0 } ? model : throw new InvalidModelException(path, "it is not an ONNX model, or only a part of one");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidModelException(path, "it is not an ONNX model, or only a part of one", e);
        }
    }

    private static ValueInfoProto FindInput(GraphProto graph, string path)
    {
        // Files of old versions list the weights among the inputs.
        var weights = graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        ValueInfoProto[] inputs = [.. graph.Input.Where(input => !weights.Contains(input.Name))];
        return inputs is [var only] ? only : throw new InvalidModelException(path,
            $"it has the inputs {string.Join(", ", inputs.Select(input => input.Name))}; a network with one input, the image, is needed");
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
            path, $"it has the outputs {string.Join(", ", outputs)}; name the one that describes an image in OnnxBackboneOptions.EmbeddingOutput");
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
            + "an image is Float [N, 3, H, W] or [N, H, W, 3]");

        static int Size(int stated, int otherwise) => stated > 0 ? stated : otherwise;
    }

    private static void Prepend(GraphProto graph, ValueInfoProto input, PixelNormalization normalization, int height, int width, bool channelsFirst)
    {
        var nodes = new GraphAdditions(graph.ValueNames());
        string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
            nodes.Add(Prefix + operation, operation, inputs, attributes);
        // Constant nodes rather than initializers: files of old versions would have to list those as inputs too.
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
