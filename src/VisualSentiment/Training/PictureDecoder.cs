using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>Fills a pixel store: finds what has been decoded before and decodes the rest, pack by pack.</summary>
/// <remarks>Rows are read twice rather than kept: besides the places and what a pack's pictures need, nothing is held in memory.</remarks>
/// <param name="run">Who hears of every picture, and stops the work.</param>
/// <param name="folder">The folder that keeps what is decoded; null keeps it in this process.</param>
/// <param name="parallel">Whether pictures may be read in any order, on every core.</param>
internal sealed class PictureDecoder(TrainingRun run, string? folder, bool parallel)
{
    private readonly List<string> _problems = [];
    private WriteBehind? _behind;
    private int _done;

    /// <summary>At most <see cref="PixelPack.Capacity"/>.</summary>
    public int PicturesOfPack { get; init; } = PixelPack.Capacity;

    /// <summary>A store of more bytes is not left in RAM (<see cref="WriteBehind"/>); half of what there is, for libtorch and others need some, too.</summary>
    public long BytesInMemory { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>Decodes what can be looked for nowhere and is kept nowhere.</summary>
    /// <param name="count">How many pictures there are.</param>
    /// <param name="read">Decodes the next of them.</param>
    /// <exception cref="TrainingDataException">Some cannot be decoded; all of them are listed.</exception>
    public PixelStore Collect(int count, PixelGetter read) =>
        Collect(count, () => Enumerable.Repeat(ReadOnlyMemory<char>.Empty, count), _ => null, (_, pixels) => read(pixels));

    /// <summary>All pictures, decoded.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="paths">Reads the rows' paths, every time the same.</param>
    /// <param name="keyOf">The key of the picture at a path; null for one that is looked for nowhere and kept nowhere.</param>
    /// <param name="read">Decodes the picture at a path, or throws an <see cref="UnreadableImageException"/>.</param>
    /// <exception cref="TrainingDataException">Some cannot be decoded; all of them are listed.</exception>
    public PixelStore Collect(
        int count, Func<IEnumerable<ReadOnlyMemory<char>>> paths, Func<ReadOnlyMemory<char>, UInt128?> keyOf, Action<ReadOnlyMemory<char>, Span<byte>> read)
    {
        if (folder is not null)
            Directory.CreateDirectory(folder);
        var places = new PixelPlace[count];
        var packs = new PackSearch(DecodedPictures.Hold(folder));
        try
        {
            using WriteBehind? behind = _behind = (long)count * PixelFormat.ByteCount > BytesInMemory ? new() : null;
            var batch = new RowBatch(Math.Min(count, PicturesOfPack), keyOf);
            if (!packs.IsEmpty)
                Find(paths(), batch, places, packs);
            packs.ReleaseUnused(places);
            _done = places.Count(place => place.IsKnown);
            run.Report(TrainingStage.Decoding, _done, count);
            int row = 0;
            foreach (ReadOnlyMemory<char> path in paths())
            {
                if (row == count)
                    throw new InvalidOperationException($"There were {count} rows, and more when they were read again; data must give the same rows every time it is read.");
                if (!places[row].IsKnown)
                    batch.Add(row, path);
                if (++row == count || batch.IsFull)
                    Decode(batch, places, packs, read);
            }
            if (row < count)
                throw new InvalidOperationException($"There were {count} rows, and only {row} when they were read again; data must give the same rows every time it is read.");
            behind?.Complete();
            return _problems.Count == 0 ? new PixelStore(places, packs.Packs) : throw new TrainingDataException(_problems);
        }
        catch
        {
            DecodedPictures.Release(packs.Packs);
            throw;
        }
    }

    private void Find(IEnumerable<ReadOnlyMemory<char>> paths, RowBatch batch, PixelPlace[] places, PackSearch packs)
    {
        Action<int> find = i => places[batch.Rows[i]] = packs.Find(batch.ReadKey(i));
        int row = 0;
        foreach (ReadOnlyMemory<char> path in paths.Take(places.Length))
        {
            batch.Add(row, path);
            if (++row < places.Length && !batch.IsFull)
                continue;
            For(batch.Count, find);
            batch.Clear();
        }
    }

    private void Decode(RowBatch batch, PixelPlace[] places, PackSearch packs, Action<ReadOnlyMemory<char>, Span<byte>> read)
    {
        if (batch.Count == 0)
            return;
        For(batch.Count, i => batch.ReadKey(i));
        // The same file in several rows is decoded once.
        for (int i = 0; i < batch.Count; i++)
            places[batch.Rows[i]] = packs.FindNew(batch.Keys[i]);
        int[] slots = batch.AssignSlots(i => places[batch.Rows[i]].IsKnown);
        _done += batch.Count - slots.Length;
        if (slots.Length > 0)
        {
            IndexedPack pack = Decode(batch, slots, places.Length, read);
            packs.Add(pack);
            _behind?.Add(pack.Pack);
        }
        else
            run.Report(TrainingStage.Decoding, _done, places.Length);
        for (int i = 0; i < batch.Count; i++)
            if (batch.SlotOf(i) is { } slot)
                places[batch.Rows[i]] = new PixelPlace(packs.Packs.Count - 1, slot);
        batch.Clear();
    }

    private IndexedPack Decode(RowBatch batch, int[] slots, int count, Action<ReadOnlyMemory<char>, Span<byte>> read)
    {
        void Fill(PixelPackWriter pack)
        {
            _behind?.Begin();
            List<string> problems = [];
            For(slots.Length, slot =>
            {
                byte[] buffer = PictureBuffers.Rent(PixelFormat.ByteCount);
                try
                {
                    Span<byte> pixels = buffer.AsSpan(0, PixelFormat.ByteCount);
                    read(batch.Paths[slots[slot]], pixels);
                    UInt128 key = batch.Keys[slots[slot]];
                    pack.Write(slot, pixels, key, folder is null || key == 0 ? 0 : PixelKey.Checksum(pixels));
                }
                catch (UnreadableImageException e)
                {
                    lock (problems)
                        problems.Add(e.Message);
                }
                finally
                {
                    PictureBuffers.Return(buffer);
                }
                run.Report(TrainingStage.Decoding, Interlocked.Increment(ref _done), count);
            });
            _problems.AddRange(parallel ? problems.Order(StringComparer.Ordinal) : problems);
        }

        IndexedPack finished;
        if (folder is not null && Array.Exists(slots, i => batch.Keys[i] != 0))
            finished = PixelPackFile.Write(folder, slots.Length, Fill);
        else
        {
            using var pack = new PixelPackWriter(slots.Length);
            Fill(pack);
            finished = new IndexedPack(pack.Finish(), null);
        }
        DecodedPictures.Add(finished);
        return finished;
    }

    private void For(int count, Action<int> work)
    {
        if (parallel)
        {
            PerCore.For(count, work, run.CancellationToken);
            return;
        }
        for (int i = 0; i < count; i++)
            work(i);
    }
}
