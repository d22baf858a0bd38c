using Google.Protobuf;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx.Import;

/// <summary>The file of a third-party image network, and how pixel values become its input.</summary>
/// <param name="Path">The ONNX file.</param>
/// <param name="Normalization">The normalization of the input; ignored if there is a mean image.</param>
/// <param name="EmbeddingOutput">The output with the embedding; null for the only output, or one with a common name.</param>
/// <param name="MeanImage">
/// The ONNX file with the mean image [1, 3, 224, 224] in the order blue, green, red that is subtracted from pixel values
/// from 0 to 255; null for none.
/// </param>
/// <param name="Package">The NuGet package that the file comes from; null for the user's own file.</param>
internal sealed record BackboneFile(string Path, PixelNormalization Normalization, string? EmbeddingOutput = null,
    string? MeanImage = null, string? Package = null);

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

    /// <summary>The name of the node that resizes images [N, 3, 224, 224] to the network's own input.</summary>
    public const string Resizing = Prefix + "Resize";

    // Operators that compute every image of a batch alone, whatever the batch size is.
    private static readonly HashSet<string> PerImage = ["Add", "AveragePool", "BatchNormalization", "Clip", "Constant",
        "Conv", "Flatten", "Gemm", "GlobalAveragePool", "MaxPool", "Mul", "Relu", "Sigmoid", "Sub"];

    /// <summary>Reads a network and prepends the steps from bytes to its own input.</summary>
    /// <exception cref="InvalidModelException">The file is not an ONNX model that maps an image to an embedding.</exception>
    public static BackboneGraph Open(BackboneFile file)
    {
        ModelProto model = Parse(file.Path);
        GraphProto graph = model.Graph;
        ValueInfoProto input = FindInput(graph, file.Path);
        string output = FindOutput(graph, file.EmbeddingOutput, file.Path);
        var (height, width, channelsFirst) = ReadLayout(input, file.Path);
        if (file.MeanImage is not null && (height, width, channelsFirst) != (PixelFormat.Height, PixelFormat.Width, true))
            throw new InvalidModelException(file.Path,
                $"its input does not have the shape of the mean image, [N, 3, {PixelFormat.Height}, {PixelFormat.Width}]");
        long parameters = graph.Initializer.Where(t => t.Dims.Count > 0).Sum(t => t.Dims.Aggregate(1L, (product, size) => product * size));
        AllowBatches(graph, input);
        Prepend(graph, input, file, height, width, channelsFirst);
        return new BackboneGraph(model, output, parameters);
    }

    // Some files declare a batch of 1, although their operators accept any.
    private static void AllowBatches(GraphProto graph, ValueInfoProto input)
    {
        if (input.Type.TensorType.Shape.Dim[0].DimValue != 1 || !graph.Node.All(node => PerImage.Contains(node.OpType)))
            return;
        graph.ValueInfo.Clear();
        foreach (ValueInfoProto value in graph.Output.Append(input))
            if (value.Type.TensorType.Shape is { Dim.Count: > 0 } shape)
                shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimParam = "N" };
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

    // The preprocessing graph of the ResNet packages of ML.NET swaps red and blue and subtracts this image.
    private static TensorProto ReadMeanImage(string path) =>
        Parse(path).Graph.Initializer.FirstOrDefault(tensor => tensor.DataType == (int)DataType.Float
            && tensor.Dims is [1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width])
        ?? throw new InvalidModelException(path,
            $"it has no mean image [1, {PixelFormat.Channels}, {PixelFormat.Height}, {PixelFormat.Width}]");

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

    private static void Prepend(GraphProto graph, ValueInfoProto input, BackboneFile file, int height, int width, bool channelsFirst)
    {
        var nodes = new GraphAdditions(graph.ValueNames());
        string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
            nodes.Add(Prefix + operation, operation, inputs, attributes);
        // Constant nodes, because old versions of the format require initializers to be inputs.
        string Constant(float[] values) =>
            Add("Constant", [], ("value", OnnxTensors.Create<float>("", DataType.Float, values, values.Length)));

        string value = Add("Cast", [PixelInput], ("to", (int)DataType.Float));
        if (file.MeanImage is null)
        {
            var (scale, offset) = file.Normalization.ToScaleAndOffset();
            value = Add("Mul", [value, Constant(scale)]);
            value = Add("Add", [value, Constant(offset)]);
            value = Add("Transpose", [value], ("perm", new long[] { 0, 3, 1, 2 }));
        }
        else
        {
            string blueFirst = Add("Constant", [], ("value", OnnxTensors.Create<long>("", DataType.Int64, [2, 1, 0], 3)));
            value = Add("Transpose", [value], ("perm", new long[] { 0, 3, 1, 2 }));
            value = Add("Gather", [value, blueFirst], ("axis", 1));
            value = Add("Sub", [value, Add("Constant", [], ("value", ReadMeanImage(file.MeanImage)))]);
        }
        if (height != PixelFormat.Height || width != PixelFormat.Width)
            value = Add("Resize", [value, Constant([]), Constant([1, 1, (float)height / PixelFormat.Height, (float)width / PixelFormat.Width])],
                ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"));
        if (!channelsFirst)
            value = Add("Transpose", [value], ("perm", new long[] { 0, 2, 3, 1 }));
        nodes.Nodes[^1].Output[0] = input.Name;

        ValueInfoProto pixels = GraphProtoExtensions.Describe(PixelInput, DataType.Uint8, [PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        if (input.Type.TensorType.Shape.Dim[0].DimValue == 1) // Not lifted by AllowBatches.
            pixels.Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
        graph.Input.Remove(input);
        graph.Input.Add(pixels);
        NodeProto[] own = [.. graph.Node];
        graph.Node.Clear();
        graph.Node.Add(nodes.Nodes);
        graph.Node.Add(own);
    }
}
