using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>Decodes one picture into its pixels.</summary>
/// <exception cref="UnreadableImageException">It cannot be decoded.</exception>
internal delegate void PictureReader(int picture, Span<byte> pixels);

/// <summary>Fills a pixel store: finds what has been decoded before and decodes the rest, pack by pack.</summary>
/// <param name="run">Who hears of every picture, and stops the work.</param>
/// <param name="folder">The folder that keeps what is decoded; null keeps it in this process.</param>
/// <param name="parallel">Whether pictures may be read in any order, on every core.</param>
internal sealed class PictureDecoder(TrainingRun run, string? folder, bool parallel)
{
    private readonly List<string> _problems = [];
    private int _done;

    /// <summary>At most <see cref="PixelPack.Capacity"/>.</summary>
    public int PicturesOfPack { get; init; } = PixelPack.Capacity;

    /// <summary>All pictures, decoded.</summary>
    /// <param name="keys">The keys of the pictures; null for one that is looked for nowhere and kept nowhere.</param>
    /// <param name="read">Decodes one of them.</param>
    /// <exception cref="TrainingDataException">Some cannot be decoded; all of them are listed.</exception>
    public PixelStore Collect(IReadOnlyList<UInt128?> keys, PictureReader read)
    {
        if (folder is not null)
            Directory.CreateDirectory(folder);
        var found = DecodedPictures.Find(keys.OfType<UInt128>().ToHashSet(), folder, run.CancellationToken);
        List<IndexedPack> held = [.. found.Values.Select(place => place.Pack).Distinct()];
        try
        {
            var places = new PixelPlace[keys.Count];
            List<int> missing = [];
            HashSet<UInt128> awaited = [];
            for (int i = 0; i < places.Length; i++)
                if (keys[i] is not { } key || !found.TryGetValue(key, out places[i]) && awaited.Add(key))
                    missing.Add(i);
            _done = keys.Count - missing.Count;
            run.Report(TrainingStage.Decoding, _done, keys.Count);

            foreach (int[] pictures in missing.Chunk(PicturesOfPack))
            {
                IndexedPack pack = Decode(pictures, keys, read);
                DecodedPictures.Add(pack);
                held.Add(pack);
                for (int slot = 0; slot < pictures.Length; slot++)
                {
                    places[pictures[slot]] = new PixelPlace(pack, slot);
                    if (keys[pictures[slot]] is { } key)
                        found[key] = places[pictures[slot]];
                }
            }
            if (_problems.Count > 0)
                throw new TrainingDataException(_problems);
            // The same file in several rows was decoded once.
            for (int i = 0; i < places.Length; i++)
                if (places[i].Pack is null)
                    places[i] = found[keys[i]!.Value];
            return new PixelStore(places, held);
        }
        catch
        {
            DecodedPictures.Release(held);
            throw;
        }
    }

    private IndexedPack Decode(int[] pictures, IReadOnlyList<UInt128?> all, PictureReader read)
    {
        UInt128?[] Fill(PixelPack pack)
        {
            UInt128?[] keys = [.. pictures.Select(picture => all[picture])];
            List<string> problems = [];
            void DecodeOne(int slot)
            {
                try
                {
                    read(pictures[slot], pack[slot]);
                }
                catch (UnreadableImageException e)
                {
                    keys[slot] = null;
                    lock (problems)
                        problems.Add(e.Message);
                }
                run.Report(TrainingStage.Decoding, Interlocked.Increment(ref _done), all.Count);
            }
            if (parallel)
                RunParallel(pictures.Length, DecodeOne);
            else
                for (int slot = 0; slot < pictures.Length; slot++)
                    DecodeOne(slot);
            _problems.AddRange(parallel ? problems.Order(StringComparer.Ordinal) : problems);
            return keys;
        }

        if (folder is not null && pictures.Any(picture => all[picture] is not null))
            return PixelPackFile.Write(folder, pictures.Length, Fill);
        var pack = PixelPack.Create(pictures.Length);
        try
        {
            var keys = Fill(pack);
            var slots = new Dictionary<UInt128, int>();
            for (int slot = 0; slot < keys.Length; slot++)
                if (keys[slot] is { } key)
                    slots[key] = slot;
            return new IndexedPack(pack, slots, null, null);
        }
        catch
        {
            pack.Dispose();
            throw;
        }
    }

    private void RunParallel(int count, Action<int> decode)
    {
        try
        {
            Parallel.For(0, count, decode);
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is OperationCanceledException))
        {
            throw new OperationCanceledException(run.CancellationToken);
        }
    }
}
