using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx.Import;

/// <summary>
/// A third-party image network with prepended steps from RGB bytes to its own input, which computes embeddings [N, D].
/// </summary>
internal sealed class OnnxBackbone : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string _output;

    private OnnxBackbone(
        BackboneFile file, InferenceSession session, BackboneGraph graph, IReadOnlyList<BackboneMap> maps)
    {
        File = file;
        Maps = maps;
        _session = session;
        _output = graph.Output;
        Parameters = graph.Parameters;
    }

    public BackboneFile File { get; }

    /// <summary>The feature maps from <see cref="EmbedWithMaps"/>, the smallest first.</summary>
    public IReadOnlyList<BackboneMap> Maps { get; }

    /// <summary>The number of the network's parameters.</summary>
    public long Parameters { get; }

    /// <summary>Loads a network.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mapSides">The sides of the feature maps to compute; those that the network does not have are omitted.</param>
    /// <exception cref="InvalidModelException">The file is not an ONNX model that maps an image to an embedding.</exception>
    public static OnnxBackbone Load(BackboneFile file, IReadOnlyCollection<int>? mapSides = null)
    {
        BackboneGraph backbone = BackboneGraph.Open(file);
        GraphProto graph = backbone.Model.Graph;
        // One image per core is faster than several threads per image, which wait for each other at every layer.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = 1 };
        try
        {
            IReadOnlyList<BackboneMap> maps = BackboneMap.Find(backbone.Model, BackboneGraph.PixelInput, mapSides ?? []);
            graph.Output.AddRange(maps.Where(found => graph.Output.All(other => other.Name != found.Name)).Select(found => new ValueInfoProto { Name = found.Name }));
            return new OnnxBackbone(file, new InferenceSession(backbone.Model.ToByteArray(), options), backbone, maps);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidModelException(file.Path, $"ONNX Runtime cannot load it: {e.Message}", e);
        }
    }

    /// <summary>Computes the embedding [D] of one image in <see cref="PixelFormat"/>. Thread-safe.</summary>
    public unsafe float[] Embed(ReadOnlySpan<byte> pixels)
    {
        fixed (byte* pointer = pixels)
        {
            using var input = PixelsAt(pointer, pixels.Length);
            using var results = _session.Run(_runOptions, [BackboneGraph.PixelInput], [input], [_output]);
            return Describe(results[0]);
        }
    }

    /// <summary>Computes the embedding [D] of one image, followed by the <see cref="Maps"/> [C, S, S]. Thread-safe.</summary>
    public unsafe void EmbedWithMaps(ReadOnlySpan<byte> pixels, Span<float> features)
    {
        fixed (byte* pointer = pixels)
        {
            using var input = PixelsAt(pointer, pixels.Length);
            using var results = _session.Run(_runOptions, [BackboneGraph.PixelInput], [input], [_output, .. Maps.Select(map => map.Name)]);
            float[] embedding = Describe(results[0]);
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

    private float[] Describe(OrtValue output)
    {
        ReadOnlySpan<float> values = output.GetTensorDataAsSpan<float>();
        long[] shape = output.GetTensorTypeAndShape().Shape;
        return shape switch
        {
            [_, _] => values.ToArray(),
            [_, var channels, var height, var width] => Average(values, (int)channels, (int)(height * width)),
            _ => throw new InvalidOperationException($"The output '{_output}' is [{string.Join(", ", shape)}]; it must be [N, D] or "
                + "[N, D, H, W]. Set another output in OnnxBackboneOptions.EmbeddingOutput."),
        };
    }

    private static unsafe OrtValue PixelsAt(byte* pixels, int length) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.UInt8, [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels], (nint)pixels, length);

    private static float[] Average(ReadOnlySpan<float> values, int maps, int positions)
    {
        float[] means = new float[maps];
        for (int i = 0; i < maps; i++)
            means[i] = System.Numerics.Tensors.TensorPrimitives.Sum(values.Slice(i * positions, positions)) / positions;
        return means;
    }
}
