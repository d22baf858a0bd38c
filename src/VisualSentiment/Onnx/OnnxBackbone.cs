using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Onnx;

/// <summary>
/// An image network of somebody else, to which the steps from RGB bytes to its own input are prepended: bytes in,
/// embeddings [N, D] out.
/// </summary>
internal sealed class OnnxBackbone : IDisposable
{
    // Names that no published network uses, since the new nodes live among its own.
    private const string Prefix = "visualsentiment.backbone/";
    private const string PixelInput = Prefix + "pixels";
    private static readonly string[] UsualOutputs = ["embedding", "embeddings", "features", "pooled"];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string _output;
    private readonly bool _oneAtATime;
    private readonly FeatureMapOutput? _map;

    private OnnxBackbone(InferenceSession session, string output, bool oneAtATime, long parameters, FeatureMapOutput? map, IReadOnlyList<BackboneMap> maps)
    {
        Maps = maps;
        _session = session;
        _output = output;
        _oneAtATime = oneAtATime;
        _map = map;
        Parameters = parameters;
    }

    /// <summary>The feature maps that <see cref="EmbedWithMaps"/> computes, the smallest first.</summary>
    public IReadOnlyList<BackboneMap> Maps { get; }

    /// <summary>The numbers in the network's weights.</summary>
    public long Parameters { get; }

    /// <summary>The numbers of an embedding: D.</summary>
    // What the network is asked tells it; its file need not.
    public int MeasureDepth()
    {
        if (_map is null)
            return Run(new byte[PixelFormat.ByteCount], 1).Length;
        byte[] pixels = new byte[PixelFormat.ByteCount];
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        using var results = _session.Run(_runOptions, [PixelInput], [input], [_output]);
        long[] shape = results[0].GetTensorTypeAndShape().Shape;
        return shape is [_, _, _, _] ? (int)shape[_map.ChannelsLast ? 3 : 1]
            : throw new InvalidOperationException($"What is pooled into the embedding, '{_output}', is [{string.Join(", ", shape)}]; a feature map is [N, D, H, W] or [N, H, W, D].");
    }

    /// <summary>Loads a network.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="embeddingOutput">The output that describes a picture; null for the only one, or one of a usual name.</param>
    /// <param name="normalization">What the network is fed.</param>
    /// <param name="featureMaps">Whether <see cref="Embed"/> computes what is pooled into the embedding instead.</param>
    /// <param name="mapSides">The sides of the feature maps that are computed beside the embedding; those that the network does not have are left out.</param>
    /// <exception cref="InvalidModelException">The file is no ONNX model, or not one that maps a picture to an embedding.</exception>
    public static OnnxBackbone Load(string path, string? embeddingOutput, PixelNormalization normalization, bool featureMaps = false, IReadOnlyCollection<int>? mapSides = null)
    {
        ModelProto model = Parse(path);
        GraphProto graph = model.Graph;
        ValueInfoProto input = FindInput(graph, path);
        string output = FindOutput(graph, embeddingOutput, path);
        FeatureMapOutput? map = featureMaps ? FeatureMapOutput.Add(graph, output, path) : null;
        var (height, width, channelsFirst) = ReadLayout(input, path);
        bool oneAtATime = input.Type.TensorType.Shape.Dim[0].DimValue == 1;
        long parameters = graph.Initializer.Where(t => t.Dims.Count > 0).Sum(t => t.Dims.Aggregate(1L, (product, size) => product * size));

        Prepend(graph, input, normalization, height, width, channelsFirst);
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        try
        {
            IReadOnlyList<BackboneMap> maps = BackboneMap.Find(model, PixelInput, mapSides ?? []);
            graph.Output.AddRange(maps.Where(found => graph.Output.All(other => other.Name != found.Name)).Select(found => new ValueInfoProto { Name = found.Name }));
            return new OnnxBackbone(new InferenceSession(model.ToByteArray(), options), map?.Name ?? output, oneAtATime, parameters, map, maps);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidModelException(path, $"ONNX Runtime cannot load it: {e.Message}", e);
        }
    }

    /// <summary>
    /// Computes the embeddings [count, D] of pictures in <see cref="PixelFormat"/>, or their feature maps
    /// [count, H, W, D]. Thread-safe.
    /// </summary>
    public float[] Embed(ReadOnlySpan<byte> pixels, int count)
    {
        if (!_oneAtATime || count == 1)
            return Run(pixels, count);
        float[][] embeddings = new float[count][];
        for (int i = 0; i < count; i++)
            embeddings[i] = Run(pixels.Slice(i * PixelFormat.ByteCount, PixelFormat.ByteCount), 1);
        return [.. embeddings.SelectMany(embedding => embedding)];
    }

    /// <summary>Computes of one picture the embedding [D] and, after it, each of <see cref="Maps"/> [C, S, S]. Thread-safe.</summary>
    public unsafe void EmbedWithMaps(ReadOnlySpan<byte> pixels, Span<float> features)
    {
        fixed (byte* pointer = pixels)
        {
            using var input = PixelsAt(pointer, pixels.Length, 1);
            using var results = _session.Run(_runOptions, [PixelInput], [input], [_output, .. Maps.Select(map => map.Name)]);
            float[] embedding = Describe(results[0], 1);
            embedding.CopyTo(features);
            features = features[embedding.Length..];
            foreach (OrtValue map in results.Skip(1))
            {
                ReadOnlySpan<float> values = map.GetTensorDataAsSpan<float>();
                values.CopyTo(features);
                features = features[values.Length..];
            }
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private unsafe float[] Run(ReadOnlySpan<byte> pixels, int count)
    {
        fixed (byte* pointer = pixels)
        {
            using var input = PixelsAt(pointer, pixels.Length, count);
            using var results = _session.Run(_runOptions, [PixelInput], [input], [_output]);
            return Describe(results[0], count);
        }
    }

    private float[] Describe(OrtValue output, int count)
    {
        ReadOnlySpan<float> values = output.GetTensorDataAsSpan<float>();
        long[] shape = output.GetTensorTypeAndShape().Shape;
        return shape switch
        {
            [_, _, _, _] when _map is { ChannelsLast: true } => values.ToArray(),
            [_, var depth, var rows, var columns] when _map is not null => ChannelsTogether(values, count, (int)depth, (int)(rows * columns)),
            [_, _] => values.ToArray(),
            [_, var channels, var height, var width] => Average(values, count * (int)channels, (int)(height * width)),
            _ => throw new InvalidOperationException($"The output '{_output}' is [{string.Join(", ", shape)}]; an embedding is [N, D] or "
                + "[N, D, H, W]. Name another output in OnnxBackboneOptions.EmbeddingOutput."),
        };
    }

    private static unsafe OrtValue PixelsAt(byte* pixels, int length, int count) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.UInt8, [count, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels], (nint)pixels, length);

    /// <summary>[count, D, P] to [count, P, D].</summary>
    private static float[] ChannelsTogether(ReadOnlySpan<float> values, int count, int channels, int positions)
    {
        float[] maps = new float[values.Length];
        for (int i = 0; i < count * channels; i++)
            for (int position = 0; position < positions; position++)
                maps[(i / channels * positions + position) * channels + i % channels] = values[i * positions + position];
        return maps;
    }

    private static float[] Average(ReadOnlySpan<float> values, int maps, int positions)
    {
        float[] means = new float[maps];
        for (int i = 0; i < maps; i++)
            means[i] = System.Numerics.Tensors.TensorPrimitives.Sum(values.Slice(i * positions, positions)) / positions;
        return means;
    }

    private static ModelProto Parse(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelException(path, e.Message, e);
        }
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
            $"it has the inputs {string.Join(", ", inputs.Select(input => input.Name))}; a network with one input, the picture, is needed");
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
            path, $"it has the outputs {string.Join(", ", outputs)}; name the one that describes a picture in OnnxBackboneOptions.EmbeddingOutput");
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
            + "a picture is Float [N, 3, H, W] or [N, H, W, 3]");

        static int Size(int stated, int otherwise) => stated > 0 ? stated : otherwise;
    }

    private static void Prepend(GraphProto graph, ValueInfoProto input, PixelNormalization normalization, int height, int width, bool channelsFirst)
    {
        List<NodeProto> nodes = [];
        string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes)
        {
            string output = $"{Prefix}{operation}{nodes.Count}";
            nodes.Add(new NodeProto
            {
                Name = output,
                OpType = operation,
                Input = { inputs },
                Output = { output },
                Attribute = { attributes.Select(attribute => OnnxAttributes.Create(attribute.Name, attribute.Value)) },
            });
            return output;
        }
        // Constant nodes rather than initializers: files of old versions would have to list those as inputs too.
        string Constant(float[] values)
        {
            string output = $"{Prefix}Constant{nodes.Count}";
            var tensor = new TensorProto { DataType = (int)DataType.Float, Dims = { values.Length }, FloatData = { values } };
            nodes.Add(new NodeProto
            {
                Name = output,
                OpType = "Constant",
                Output = { output },
                Attribute = { new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = tensor } },
            });
            return output;
        }

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
        nodes[^1].Output[0] = input.Name;

        var batch = input.Type.TensorType.Shape.Dim[0].DimValue == 1
            ? new TensorShapeProto.Types.Dimension { DimValue = 1 } : new TensorShapeProto.Types.Dimension { DimParam = "N" };
        graph.Input.Remove(input);
        graph.Input.Add(new ValueInfoProto
        {
            Name = PixelInput,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor
                {
                    ElemType = (int)DataType.Uint8,
                    Shape = new TensorShapeProto
                    {
                        Dim =
                        {
                            batch,
                            new TensorShapeProto.Types.Dimension { DimValue = PixelFormat.Height },
                            new TensorShapeProto.Types.Dimension { DimValue = PixelFormat.Width },
                            new TensorShapeProto.Types.Dimension { DimValue = PixelFormat.Channels },
                        },
                    },
                },
            },
        });
        NodeProto[] own = [.. graph.Node];
        graph.Node.Clear();
        graph.Node.Add(nodes);
        graph.Node.Add(own);
    }
}
