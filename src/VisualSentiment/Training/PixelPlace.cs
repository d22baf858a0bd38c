namespace VisualSentiment.Training;

/// <summary>Where the pixels of a picture stand, in four bytes: a slot of one of a store's packs. The default stands nowhere.</summary>
internal readonly record struct PixelPlace
{
    private readonly int _place;

    public PixelPlace(int pack, int slot) => _place = checked(pack * PixelPack.Capacity + slot + 1);

    public bool IsKnown => _place != 0;

    /// <summary>Which of the packs.</summary>
    public int Pack => (_place - 1) / PixelPack.Capacity;

    public int Slot => (_place - 1) % PixelPack.Capacity;
}
