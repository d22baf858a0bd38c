using System.Numerics;

namespace VisualSentiment.Training;

/// <summary>A finished pack in which pictures can be found. For that it keeps five bytes a picture; the keys themselves are mapped.</summary>
internal sealed class IndexedPack
{
    // A hash table with linear probing: the slot of a key and 1; 0 is free.
    private readonly ushort[] _slots;
    private readonly bool[] _trusted;

    /// <param name="pack">The pixels and their index.</param>
    /// <param name="path">The file; null for a temporary one.</param>
    public IndexedPack(PixelPack pack, string? path)
    {
        Pack = pack;
        Path = path;
        _slots = new ushort[BitOperations.RoundUpToPowerOf2((uint)pack.Count) * 2];
        _trusted = path is null ? [] : new bool[pack.Count];
        for (int slot = 0; slot < pack.Count; slot++)
            if (PackIndex.KeyOf(pack, slot) is var key && key != 0)
            {
                _slots[Probe(key)] = (ushort)(slot + 1);
                HasKeys = true;
            }
    }

    /// <summary>The pixels.</summary>
    public PixelPack Pack { get; }

    public string? Path { get; }

    /// <summary>Whether anything can be found in it.</summary>
    public bool HasKeys { get; }

    /// <summary>How many training sets look at it. Guarded by <see cref="DecodedPictures"/>.</summary>
    public int Holders { get; set; }

    /// <summary>The slot of the picture with a key; null where it is not here, or its pixels are not those that were written.</summary>
    public int? Find(UInt128 key) => _slots[Probe(key)] is > 0 and var found && IsIntact(found - 1) ? found - 1 : null;

    // Pixels from a file are read once to find out; what this process has decoded into memory only it can reach is trusted.
    private bool IsIntact(int slot) =>
        Path is null || _trusted[slot] || (_trusted[slot] = PixelKey.Checksum(Pack[slot]) == PackIndex.ChecksumOf(Pack, slot));

    // Keys are hashes already.
    private int Probe(UInt128 key)
    {
        int mask = _slots.Length - 1, at = (int)(uint)key & mask;
        while (_slots[at] is > 0 and var slot && PackIndex.KeyOf(Pack, slot - 1) != key)
            at = (at + 1) & mask;
        return at;
    }
}
