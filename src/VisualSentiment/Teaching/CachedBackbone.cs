using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Pixels;

namespace VisualSentiment.Teaching;

/// <summary>
/// An ONNX backbone that computes the embedding of the same pixels once, followed by feature maps of several sizes where they are asked
/// for. Owns backbone and cache.
/// </summary>
internal sealed class CachedBackbone : IDisposable
{
    private readonly OnnxBackbone _backbone;
    private readonly TeacherCache _cache;
    private readonly string _parts;
    private bool _disposed;

    /// <param name="backbone">Computes the embeddings.</param>
    /// <param name="network">Decides an embedding: the network, its output, and what it is fed.</param>
    /// <param name="parts">What is computed beside the embedding; empty for the embedding alone.</param>
    /// <param name="openCache">Opens the cache for a fingerprint and the width of its embeddings.</param>
    public CachedBackbone(OnnxBackbone backbone, string network, string parts, Func<string, int, TeacherCache> openCache)
    {
        _backbone = backbone;
        Network = network;
        _parts = parts;
        // What the network is asked tells its width; its file need not.
        EmbeddingWidth = backbone.Embed(new byte[PixelFormat.ByteCount]).Length;
        Width = EmbeddingWidth + backbone.Maps.Sum(map => map.Channels * map.Side * map.Side);
        _cache = openCache(Fingerprint, Width);
    }

    /// <summary>Decides an embedding.</summary>
    public string Network { get; }

    /// <summary>Decides what is computed.</summary>
    public string Fingerprint => Network + _parts;

    /// <summary>The numbers that are computed of an image: those of the embedding, and those of the maps.</summary>
    public int Width { get; }

    /// <summary>The numbers of the embedding.</summary>
    public int EmbeddingWidth { get; }

    /// <summary>The maps that follow the embedding, each [C, S, S].</summary>
    public IReadOnlyList<BackboneMap> Maps => _backbone.Maps;

    /// <summary>The numbers in the network's weights.</summary>
    public long Parameters => _backbone.Parameters;

    /// <summary>Whether the embedding is all that another computes.</summary>
    public bool Includes(CachedBackbone other) => Network == other.Network && other._parts.Length == 0 && EmbeddingWidth == other.Width;

    /// <summary>Computes the embedding of one image, and the maps: [<see cref="Width"/>]. Thread-safe.</summary>
    // One at a time, so that an embedding does not depend on the images beside it, not even in the last bit.
    public void Embed(ReadOnlySpan<byte> pixels, Span<float> embedding) => _cache.ReadOrCompute(pixels, embedding, _backbone,
        static (backbone, pixels, embedding) =>
        {
            if (backbone.Maps.Count == 0)
                backbone.Embed(pixels).CopyTo(embedding);
            else
                backbone.EmbedWithMaps(pixels, embedding);
        });

    /// <summary>Computes the embeddings of images, one on each core, and hands them over in order.</summary>
    /// <param name="images">Which images.</param>
    /// <param name="pixels">Where their pixels are.</param>
    /// <param name="receive">Is given the place among the images, and the embedding, which is overwritten after the call.</param>
    /// <param name="cancellation">Stops it.</param>
    public void EmbedAll(IReadOnlyList<int> images, PixelStore pixels, Action<int, float[]> receive, CancellationToken cancellation)
    {
        float[][] embeddings = [.. Enumerable.Range(0, Math.Min(images.Count, PerCore.Ahead)).Select(_ => new float[Width])];
        PerCore.For(images.Count, i => Embed(pixels[images[i]], embeddings[i % PerCore.Ahead]), i => receive(i, embeddings[i % PerCore.Ahead]), cancellation);
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
