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
    /// Holds what has been decoded until <see cref="Release"/>: in this process, or in the files of <paramref name="folder"/>
    /// where one is given.
    /// </summary>
    public static IReadOnlyList<IndexedPack> Hold(string? folder)
    {
        lock (Gate)
        {
            string[] files = folder is null ? [] : [.. PixelPackFile.Find(folder).Select(Path.GetFullPath)];
            HashSet<string?> known = [.. Packs.Select(pack => pack.Path)];
            Packs.AddRange(files.Where(file => !known.Contains(file)).Select(PixelPackFile.Open).OfType<IndexedPack>());
            // Who asks for pictures on disk wants them there for the next run, too.
            IndexedPack[] held = [.. Packs.Where(pack => folder is null || files.Contains(pack.Path))];
            foreach (IndexedPack pack in held)
                pack.Holders++;
            return held;
        }
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

    /// <summary>Ends the use of packs that were held or added.</summary>
    public static void Release(IEnumerable<IndexedPack> packs)
    {
        lock (Gate)
            foreach (IndexedPack pack in packs)
                if (--pack.Holders == 0 && !pack.HasKeys)
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
