namespace VisualSentiment.Training;

/// <summary>The packs of a store that is being filled: those in which pictures may be found, then those that were decoded.</summary>
internal sealed class PackSearch(IReadOnlyList<IndexedPack> held)
{
    private List<IndexedPack> _packs = [.. held];
    private int _found;

    /// <summary>The packs that places are of; all of them are held.</summary>
    public IReadOnlyList<IndexedPack> Packs => _packs;

    public bool IsEmpty => _packs.Count == 0;

    /// <summary>Where the picture with a key stands; nowhere for 0. Thread-safe.</summary>
    public PixelPlace Find(UInt128 key) => Find(key, from: 0);

    /// <summary>The same in what was decoded for this store.</summary>
    public PixelPlace FindNew(UInt128 key) => Find(key, _found);

    public void Add(IndexedPack pack) => _packs.Add(pack);

    /// <summary>Gives back the packs without a place; nobody else's use of them lasts, so they are closed.</summary>
    public void ReleaseUnused(PixelPlace[] places)
    {
        bool[] used = new bool[_packs.Count];
        foreach (PixelPlace place in places)
            if (place.IsKnown)
                used[place.Pack] = true;
        int[] moved = new int[_packs.Count];
        List<IndexedPack> kept = [], unused = [];
        for (int i = 0; i < moved.Length; i++)
        {
            moved[i] = kept.Count;
            (used[i] ? kept : unused).Add(_packs[i]);
        }
        for (int i = 0; i < places.Length; i++)
            if (places[i].IsKnown)
                places[i] = new PixelPlace(moved[places[i].Pack], places[i].Slot);
        _packs = kept;
        _found = kept.Count;
        DecodedPictures.Release(unused);
        DecodedPictures.DropUnheld(kept);
    }

    private PixelPlace Find(UInt128 key, int from)
    {
        if (key != 0)
            for (int i = from; i < _packs.Count; i++)
                if (_packs[i].Find(key) is { } slot)
                    return new PixelPlace(i, slot);
        return default;
    }
}
