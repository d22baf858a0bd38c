using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Pixels;

namespace VisualSentiment.Teaching;

/// <summary>
/// An ONNX backbone with a cache of its outputs: the embedding, and optionally feature maps, of each distinct image.
/// Owns both.
/// </summary>
internal sealed class CachedBackbone : IDisposable
{
    private readonly OnnxBackbone _backbone;
    private readonly TeacherCache _cache;
    private readonly string _outputs;
    private bool _disposed;

    /// <summary>
    /// Takes strings that identify the embedding (<paramref name="network"/>) and the maps (<paramref name="outputs"/>,
    /// empty without maps), and a function that opens the cache for a fingerprint and a width.
    /// </summary>
    public CachedBackbone(
        OnnxBackbone backbone, string network, string outputs, Func<string, int, TeacherCache> openCache)
    {
        _backbone = backbone;
        Network = network;
        _outputs = outputs;
        // The file does not always declare the width.
        EmbeddingWidth = backbone.Embed(new byte[PixelFormat.ByteCount]).Length;
        Width = EmbeddingWidth + backbone.Maps.Sum(map => map.Channels * map.Side * map.Side);
        _cache = openCache(Fingerprint, Width);
    }

    /// <summary>Identifies the embedding: network file, output, and normalization.</summary>
    public string Network { get; }

    /// <summary>Identifies embedding and maps.</summary>
    public string Fingerprint => Network + _outputs;

    /// <summary>The number of elements of embedding and maps.</summary>
    public int Width { get; }

    public int EmbeddingWidth { get; }

    /// <summary>The maps that follow the embedding, each [C, S, S].</summary>
    public IReadOnlyList<BackboneMap> Maps => _backbone.Maps;

    public long Parameters => _backbone.Parameters;

    /// <summary>Whether another backbone has the same embedding and no maps.</summary>
    public bool Includes(CachedBackbone other) =>
        Network == other.Network && other._outputs.Length == 0 && EmbeddingWidth == other.Width;

    /// <summary>Computes the <see cref="Width"/> elements of embedding and maps of one image. Thread-safe.</summary>
    // One image at a time: in a batch, the last bits would depend on the other images.
    public void Embed(ReadOnlySpan<byte> pixels, Span<float> embedding) => _cache.ReadOrCompute(
        pixels, embedding, _backbone, static (backbone, pixels, embedding) =>
        {
            if (backbone.Maps.Count == 0)
                backbone.Embed(pixels).CopyTo(embedding);
            else
                backbone.EmbedWithMaps(pixels, embedding);
        });

    /// <summary>
    /// Computes the outputs of images, one per core, and passes them to <paramref name="receive"/> in order, with the
    /// index in <paramref name="images"/>. The array is overwritten after the call.
    /// </summary>
    public void EmbedAll(
        IReadOnlyList<int> images, PixelStore pixels, Action<int, float[]> receive, CancellationToken cancellation)
    {
        float[][] embeddings = [.. Enumerable.Range(0, Math.Min(images.Count, PerCore.Ahead))
            .Select(_ => new float[Width])];
        PerCore.For(images.Count, i => Embed(pixels[images[i]], embeddings[i % PerCore.Ahead]),
            i => receive(i, embeddings[i % PerCore.Ahead]), cancellation);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _backbone.Dispose();
        _cache.Dispose();
    }
}
