using System.Buffers;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;

namespace VisualSentiment.Teaching;

/// <summary>
/// One or several ONNX networks as one backbone, with caches of their outputs: the concatenated embeddings, and
/// optionally the feature maps of the first network. Owns the parts.
/// </summary>
internal sealed class CachedBackbone(IReadOnlyList<BackbonePart> parts) : IDisposable
{
    private bool _disposed;

    /// <summary>Identifies the embedding: network files, outputs, and normalizations.</summary>
    public string Network { get; } = string.Join(" + ", parts.Select(part => part.Network));

    /// <summary>Identifies embedding and maps.</summary>
    public string Fingerprint { get; } = string.Join(" + ", parts.Select(part => part.Fingerprint));

    /// <summary>The number of elements of embedding and maps.</summary>
    public int Width { get; } = parts.Sum(part => part.Width);

    public int EmbeddingWidth { get; } = parts.Sum(part => part.EmbeddingWidth);

    /// <summary>The maps that follow the embedding, each [C, S, S].</summary>
    public IReadOnlyList<BackboneMap> Maps => parts[0].Maps;

    public long Parameters => parts.Sum(part => part.Parameters);

    public IReadOnlyList<BackboneFile> Files => [.. parts.Select(part => part.File)];

    /// <summary>Whether another backbone has the same embedding and no maps.</summary>
    public bool Includes(CachedBackbone other) => Network == other.Network && other.Maps.Count == 0;

    /// <summary>Computes the <see cref="Width"/> elements of embedding and maps of one image. Thread-safe.</summary>
    /// <exception cref="ObjectDisposedException">The backbone was disposed.</exception>
    public void Embed(ReadOnlySpan<byte> pixels, Span<float> features)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (parts is [var only])
        {
            only.Embed(pixels, features);
            return;
        }
        int position = 0;
        foreach (BackbonePart part in parts)
        {
            float[] values = new float[part.Width];
            part.Embed(pixels, values);
            values.AsSpan(0, part.EmbeddingWidth).CopyTo(features[position..]);
            values.AsSpan(part.EmbeddingWidth).CopyTo(features[EmbeddingWidth..]);
            position += part.EmbeddingWidth;
        }
    }

    /// <summary>
    /// Computes the outputs of the first view of images, one per core, and passes them to <paramref name="receive"/> in
    /// order, with the index in <paramref name="images"/>. The array is overwritten after the call.
    /// </summary>
    public void EmbedAll(
        IReadOnlyList<int> images, TrainingViews views, Action<int, float[]> receive, CancellationToken cancellation)
    {
        float[][] embeddings = [.. Enumerable.Range(0, Math.Min(images.Count, PerCore.Ahead))
            .Select(_ => new float[Width])];
        PerCore.For(images.Count, i =>
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
            Embed(views.Read(new ImageView(images[i], View: 0), buffer.AsSpan(0, PixelFormat.ByteCount)),
                embeddings[i % PerCore.Ahead]);
            ArrayPool<byte>.Shared.Return(buffer);
        }, i => receive(i, embeddings[i % PerCore.Ahead]), cancellation);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (BackbonePart part in parts)
            part.Dispose();
    }
}

/// <summary>An ONNX network with a cache of its outputs: the embedding, and optionally feature maps. Owns both.</summary>
internal sealed class BackbonePart : IDisposable
{
    private readonly OnnxBackbone _backbone;
    private readonly TeacherCache _cache;

    private BackbonePart(OnnxBackbone backbone, string network, TrainingRun run)
    {
        _backbone = backbone;
        Network = network;
        Fingerprint = network + string.Concat(backbone.Maps.Select(map => $" {map.Name}"));
        // The file does not always declare the width.
        EmbeddingWidth = backbone.Embed(new byte[PixelFormat.ByteCount]).Length;
        Width = EmbeddingWidth + backbone.Maps.Sum(map => map.Channels * map.Side * map.Side);
        _cache = TeacherCache.Open(run, Fingerprint, Width);
    }

    /// <summary>Identifies the embedding.</summary>
    public string Network { get; }

    /// <summary>Identifies embedding and maps.</summary>
    public string Fingerprint { get; }

    public int Width { get; }

    public int EmbeddingWidth { get; }

    public IReadOnlyList<BackboneMap> Maps => _backbone.Maps;

    public long Parameters => _backbone.Parameters;

    public BackboneFile File => _backbone.File;

    /// <summary>Takes ownership of a network, which <paramref name="network"/> identifies.</summary>
    public static BackbonePart Open(OnnxBackbone backbone, string network, TrainingRun run)
    {
        try
        {
            return new BackbonePart(backbone, network, run);
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    // One image at a time: in a batch, the last bits would depend on the other images.
    public void Embed(ReadOnlySpan<byte> pixels, Span<float> features) => _cache.ReadOrCompute(
        pixels, features, _backbone, static (backbone, pixels, features) =>
        {
            if (backbone.Maps.Count == 0)
                backbone.Embed(pixels).CopyTo(features);
            else
                backbone.EmbedWithMaps(pixels, features);
        });

    public void Dispose()
    {
        _backbone.Dispose();
        _cache.Dispose();
    }
}
