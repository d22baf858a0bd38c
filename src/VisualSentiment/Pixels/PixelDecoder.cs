using System.Buffers;
using System.Collections.Concurrent;
using VisualSentiment.Common;
using VisualSentiment.Imaging;

namespace VisualSentiment.Pixels;

/// <summary>Creates a <see cref="PixelStore"/>: finds images in a cache folder and decodes the others.</summary>
/// <param name="folder">The cache folder; null for temporary files.</param>
/// <param name="parallel">Whether images may be read in any order, one per core.</param>
/// <param name="report">Receives the number of finished images and the total; called on several threads.</param>
/// <param name="cancellation">Stops decoding. Complete packs stay in the cache folder.</param>
internal sealed class PixelDecoder(
    string? folder, bool parallel, Action<int, int> report, CancellationToken cancellation)
{
    private readonly List<PixelPack> _packs = [];
    private readonly ConcurrentDictionary<int, string> _errors = [];
    private int _done;

    /// <summary>The maximum number of images in a pack; at most <see cref="PixelPack.Capacity"/>.</summary>
    public int ImagesPerPack { get; init; } = PixelPack.Capacity;

    /// <summary>Decodes image files.</summary>
    /// <exception cref="TrainingDataException">Some images cannot be decoded; all of them are listed.</exception>
    /// <exception cref="IOException">The folder cannot be written, or the disk is full.</exception>
    public PixelStore DecodeFiles(IReadOnlyList<string> paths, ImageFit fit)
    {
        var preprocessor = new PixelPreprocessor(fit);
        return Decode(paths.Count, row => PixelKey.Of(paths[row], fit),
            (row, pixels) => preprocessor.Read(paths[row], pixels));
    }

    /// <summary>Decodes images of any source.</summary>
    /// <param name="count">The number of images.</param>
    /// <param name="keyOf">The key of an image; 0 for an image that is not cached.</param>
    /// <param name="read">Decodes an image, or throws an <see cref="UnreadableImageException"/>.</param>
    /// <inheritdoc cref="DecodeFiles"/>
    public PixelStore Decode(int count, Func<int, UInt128> keyOf, Action<int, Span<byte>> read)
    {
        try
        {
            if (folder is not null)
                Directory.CreateDirectory(folder);
            var keys = new UInt128[count];
            For(count, row => keys[row] = keyOf(row));
            // An image in several rows is decoded once.
            Dictionary<UInt128, int> firstRows = [];
            int[] firsts = [.. keys.Select((key, row) =>
                key == 0 || firstRows.TryAdd(key, row) ? row : firstRows[key])];
            int[] places = new int[count];
            Array.Fill(places, -1);
            if (folder is not null)
                FindCached(firstRows, places);
            int[] missing = [.. Enumerable.Range(0, count).Where(row => firsts[row] == row && places[row] < 0)];
            report(_done = count - missing.Length, count);
            foreach (int[] rows in missing.Chunk(ImagesPerPack))
                DecodePack(rows, keys, places, read);
            if (!_errors.IsEmpty)
                throw new TrainingDataException([.. _errors.OrderBy(pair => pair.Key).Select(pair => pair.Value)]);
            return new PixelStore([.. firsts.Select(row => places[row])], _packs);
        }
        catch
        {
            foreach (PixelPack pack in _packs)
                pack.Dispose();
            throw;
        }
    }

    private void FindCached(Dictionary<UInt128, int> rows, int[] places)
    {
        foreach (PixelPack pack in PixelPack.OpenAll(folder!))
        {
            bool isUsed = false;
            int index = _packs.Count;
            _packs.Add(pack);
            For(pack.Count, slot =>
            {
                if (!rows.TryGetValue(pack.KeyOf(slot), out int row) || places[row] >= 0 || !pack.IsIntact(slot))
                    return;
                places[row] = PixelStore.PlaceOf(index, slot);
                isUsed = true;
            });
            if (isUsed)
                continue;
            _packs.RemoveAt(index);
            pack.Dispose();
        }
    }

    private void DecodePack(int[] rows, UInt128[] keys, int[] places, Action<int, Span<byte>> read)
    {
        using var writer = new PixelPackWriter(Array.Exists(rows, row => keys[row] != 0) ? folder : null, rows.Length);
        For(rows.Length, slot =>
        {
            int row = rows[slot];
            byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
            Span<byte> pixels = buffer.AsSpan(0, PixelFormat.ByteCount);
            try
            {
                read(row, pixels);
                writer.Write(slot, pixels, keys[row]);
            }
            catch (UnreadableImageException e)
            {
                _errors[row] = e.Message;
            }
            ArrayPool<byte>.Shared.Return(buffer);
            places[row] = PixelStore.PlaceOf(_packs.Count, slot);
            report(Interlocked.Increment(ref _done), places.Length);
        });
        _packs.Add(writer.Finish());
    }

    private void For(int count, Action<int> work)
    {
        if (parallel)
        {
            PerCore.For(count, work, cancellation);
            return;
        }
        for (int i = 0; i < count; i++)
            work(i);
    }
}
