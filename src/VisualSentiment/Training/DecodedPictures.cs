namespace VisualSentiment.Training;

/// <summary>
/// What this process has decoded. A teacher, its students and the folds of a cross-validation look at the same pictures one
/// after another, so packs outlive the training sets that use them: for five minutes, or until a set is loaded that has no
/// use for them.
/// </summary>
internal static class DecodedPictures
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);
    private static readonly Lock Gate = new();
    private static readonly List<IndexedPack> Packs = [];
    private static readonly Timer Idle = new(_ => DropUnheld([]), null, Timeout.Infinite, Timeout.Infinite);

    /// <summary>
    /// Looks for pictures in what has been decoded, and in the files of <paramref name="folder"/> where one is given. The
    /// packs of those found are held until <see cref="Release"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Dictionary<UInt128, PixelPlace> Find(IReadOnlyCollection<UInt128> keys, string? folder, CancellationToken token)
    {
        Dictionary<UInt128, PixelPlace> found = [];
        HashSet<IndexedPack> used = [];
        lock (Gate)
        {
            string[] files = folder is null ? [] : [.. PixelPackFile.Find(folder).Select(Path.GetFullPath)];
            HashSet<string?> known = [.. Packs.Select(pack => pack.Path)];
            Packs.AddRange(files.Where(file => !known.Contains(file)).Select(PixelPackFile.Open).OfType<IndexedPack>());
            // Who asks for pictures on disk wants them there for the next run, too.
            foreach (IndexedPack pack in Packs.Where(pack => folder is null || files.Contains(pack.Path)))
            {
                (UInt128 Key, int Slot)[] candidates = [.. keys.Where(key => pack.Slots.ContainsKey(key) && !found.ContainsKey(key))
                    .Select(key => (key, pack.Slots[key]))];
                bool[] intact = new bool[candidates.Length];
                Parallel.For(0, candidates.Length, new ParallelOptions { CancellationToken = token }, i => intact[i] = pack.IsIntact(candidates[i].Slot));
                for (int i = 0; i < candidates.Length; i++)
                    if (intact[i])
                        found.Add(candidates[i].Key, new PixelPlace(pack, candidates[i].Slot));
                if (intact.Contains(true))
                    used.Add(pack);
            }
            foreach (IndexedPack pack in used)
                pack.Holders++;
        }
        DropUnheld(used);
        return found;
    }

    /// <summary>Adds what was decoded just now, held.</summary>
    public static void Add(IndexedPack pack)
    {
        lock (Gate)
        {
            pack.Holders++;
            Packs.Add(pack);
        }
    }

    /// <summary>Ends the use of packs that were found or added.</summary>
    public static void Release(IEnumerable<IndexedPack> packs)
    {
        lock (Gate)
            foreach (IndexedPack pack in packs)
                if (--pack.Holders == 0 && pack.Slots.Count == 0)
                {
                    Packs.Remove(pack);
                    pack.Pack.Dispose(); // nobody can find anything in it
                }
        Idle.Change(Kept, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Closes what no training set uses, but for a few; a temporary file is gone with that.</summary>
    public static void DropUnheld(IReadOnlyCollection<IndexedPack> kept)
    {
        lock (Gate)
        {
            foreach (IndexedPack pack in Packs.Where(pack => pack.Holders == 0 && !kept.Contains(pack)))
                pack.Pack.Dispose();
            Packs.RemoveAll(pack => pack.Holders == 0 && !kept.Contains(pack));
        }
    }
}
