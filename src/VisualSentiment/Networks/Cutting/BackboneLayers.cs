using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Networks.Cutting;

/// <summary>The first layers of a backbone, up to a place where a single map is all that the rest of it needs.</summary>
internal sealed class BackboneLayers
{
    private BackboneLayers(IReadOnlyList<BackboneLayer> layers)
    {
        Layers = layers;
        Parameters = layers.OfType<ConvolutionLayer>().Sum(layer => layer.Parameters);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ConvolutionLayer layer in layers.OfType<ConvolutionLayer>())
            hash.AppendData(MemoryMarshal.AsBytes(layer.Weights.AsSpan()));
        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 4));
    }

    public IReadOnlyList<BackboneLayer> Layers { get; }

    /// <summary>Weights and biases.</summary>
    public int Parameters { get; }

    /// <summary>The channels of the last map.</summary>
    public int Channels => Layers[^1].Channels;

    /// <summary>Eight hexadecimal digits that the weights decide.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads as many layers as fit.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="mostParameters">How many weights and biases there may be.</param>
    /// <exception cref="InvalidModelException">The file is no ONNX model, or does not begin with layers that can be trained here and fit.</exception>
    public static BackboneLayers Read(string path, int mostParameters)
    {
        GraphProto graph = Simplify(path);
        var constants = graph.Initializer.ToDictionary(constant => constant.Name, StringComparer.Ordinal);
        string[] inputs = [.. graph.Input.Select(input => input.Name).Where(name => !constants.ContainsKey(name))];
        if (inputs is not [var picture])
            throw new InvalidModelException(path, $"it has the inputs {string.Join(", ", inputs)}; a network with one input, the picture, is needed");

        Dictionary<string, int> values = new(StringComparer.Ordinal) { [picture] = 0 };
        // What the convolution that reads a value puts around it besides its own.
        Dictionary<string, long[]> padded = new(StringComparer.Ordinal);
        List<BackboneLayer> layers = [];
        // How often each value is still going to be read.
        var uses = graph.Node.SelectMany(node => node.Input).Concat(graph.Output.Select(output => output.Name))
            .GroupBy(name => name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        HashSet<string> live = [picture];
        int parameters = 0, cut = 0;
        string why = "it has no more layers";
        foreach (NodeProto node in graph.Node)
        {
            if (Zeros(node, constants) is { } zeros && values.TryGetValue(node.Input[0], out int bare) && !padded.ContainsKey(node.Input[0]))
            {
                values[node.Output[0]] = bare;
                padded[node.Output[0]] = zeros;
                Follow(node);
                continue;
            }
            BackboneLayer? layer = Translate(node, values, padded, layers, constants);
            if (layer is null)
            {
                why = $"'{node.OpType}' cannot be trained here";
                break;
            }
            parameters += layer is ConvolutionLayer convolution ? convolution.Parameters : 0;
            if (parameters > mostParameters)
            {
                why = $"with the next convolution it has {parameters} parameters";
                break;
            }
            layers.Add(layer);
            values[node.Output[0]] = layers.Count;
            Follow(node);
            if (live.Count == 1)
                cut = layers.Count;
        }
        if (!layers.Take(cut).OfType<ConvolutionLayer>().Any())
            throw new InvalidModelException(path, $"no part of its first layers with at most {mostParameters} parameters can be cut off; after {layers.Count} layers, {why}. "
                + "Convolutions, ReLU, ReLU6, sums and max pooling over [N, C, H, W] can be; allow more parameters, or choose another network");
        return new BackboneLayers(layers[..cut]);

        void Follow(NodeProto node)
        {
            live.Add(node.Output[0]);
            foreach (string input in node.Input)
                if (uses.TryGetValue(input, out int left) && (uses[input] = left - 1) == 0)
                    live.Remove(input);
        }
    }

    // Top, left, bottom, right, where a node puts zeros around maps; null where it does anything else.
    private static long[]? Zeros(NodeProto node, Dictionary<string, TensorProto> constants)
    {
        if (node.OpType != "Pad" || node.Input.Count < 2 || node.GetText("mode") is not ("" or "constant") || !constants.TryGetValue(node.Input[1], out TensorProto? pads)
            || node.Input.Count > 2 && node.Input[2].Length > 0 && !(constants.TryGetValue(node.Input[2], out TensorProto? value) && Floats(value) is [0]))
            return null;
        long[] sizes = pads.RawData.Length > 0 ? MemoryMarshal.Cast<byte, long>(pads.RawData.Span).ToArray() : [.. pads.Int64Data];
        return sizes is [0, 0, >= 0 and var top, >= 0 and var left, 0, 0, >= 0 and var bottom, >= 0 and var right] ? [top, left, bottom, right] : null;
    }

    // ONNX Runtime computes what is constant and takes padding and normalisation into convolutions.
    private static GraphProto Simplify(string path)
    {
        string simplified = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        try
        {
            using var options = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
                OptimizedModelFilePath = simplified,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            new InferenceSession(BackboneGraph.Read(path), options).Dispose();
            return ModelProto.Parser.ParseFrom(File.ReadAllBytes(simplified)).Graph;
        }
        catch (Exception e) when (e is IOException and not InvalidModelException or UnauthorizedAccessException or OnnxRuntimeException)
        {
            throw new InvalidModelException(path, e.Message, e);
        }
        finally
        {
            File.Delete(simplified);
        }
    }

    private static BackboneLayer? Translate(
        NodeProto node, Dictionary<string, int> values, Dictionary<string, long[]> padded, List<BackboneLayer> layers, Dictionary<string, TensorProto> constants)
    {
        if (node.Domain.Length > 0 || node.Input.Count == 0 || !values.TryGetValue(node.Input[0], out int input)
            || node.OpType != "Conv" && node.Input.Any(padded.ContainsKey))
            return null;
        int channels = input == 0 ? 3 : layers[input - 1].Channels;
        switch (node.OpType)
        {
            case "Conv" when node.GetText("auto_pad") is "" or "NOTSET" && constants.TryGetValue(node.Input[1], out TensorProto? weights) && weights.Dims.Count == 4:
                return new ConvolutionLayer([input], [.. weights.Dims], Floats(weights),
                    node.Input.Count > 2 && constants.TryGetValue(node.Input[2], out TensorProto? bias) ? Floats(bias) : new float[weights.Dims[0]],
                    node.GetIntegers("strides", 1, 1), [.. node.GetIntegers("pads", 0, 0, 0, 0).Zip(padded.GetValueOrDefault(node.Input[0], [0, 0, 0, 0]), (own, around) => own + around)],
                    node.GetIntegers("dilations", 1, 1), node.GetInteger("group", 1));
            case "MaxPool" when node.GetText("auto_pad") is "" or "NOTSET" && node.GetInteger("ceil_mode", 0) == 0 && node.GetIntegers("dilations", 1, 1).All(dilation => dilation == 1) && node.Output.Count == 1:
                long[] kernel = node.GetIntegers("kernel_shape");
                return new MaxPoolLayer([input], channels, kernel, node.GetIntegers("strides", 1, 1), node.GetIntegers("pads", 0, 0, 0, 0));
            case "Relu":
                return new RectifierLayer([input], channels, AtMostSix: false);
            case "Clip" when node.Input.Count == 3 && Number(node.Input[1]) == 0 && Number(node.Input[2]) == 6:
                return new RectifierLayer([input], channels, AtMostSix: true);
            case "Add" when values.TryGetValue(node.Input[1], out int second):
                return new SumLayer([input, second], channels);
            default:
                return null;
        }

        float? Number(string name) => constants.TryGetValue(name, out TensorProto? constant) && Floats(constant) is [var value] ? value : null;
    }

    private static float[] Floats(TensorProto constant) =>
        constant.RawData.Length > 0 ? MemoryMarshal.Cast<byte, float>(constant.RawData.Span).ToArray() : [.. constant.FloatData];
}
