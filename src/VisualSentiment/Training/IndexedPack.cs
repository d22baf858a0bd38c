namespace VisualSentiment.Training;

/// <summary>A finished pack, with what is needed to find pictures in it and to trust them.</summary>
/// <param name="Pack">The pixels.</param>
/// <param name="Slots">Where the picture with a key stands.</param>
/// <param name="Checksums">Of each slot's pixels; null where this process has written them into memory only it can reach.</param>
/// <param name="Path">The file; null for a temporary one.</param>
internal sealed record IndexedPack(PixelPack Pack, IReadOnlyDictionary<UInt128, int> Slots, UInt128[]? Checksums, string? Path)
{
    private readonly bool[] _trusted = new bool[Pack.Count];

    /// <summary>How many training sets look at it. Guarded by <see cref="DecodedPictures"/>.</summary>
    public int Holders { get; set; }

    /// <summary>Whether the pixels are those that were written. They are read once to find out.</summary>
    public bool IsIntact(int slot) =>
        _trusted[slot] || (_trusted[slot] = Checksums is null || PixelKey.Checksum(Pack[slot]) == Checksums[slot]);
}
