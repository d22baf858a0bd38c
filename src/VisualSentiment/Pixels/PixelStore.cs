using VisualSentiment.Imaging;

namespace VisualSentiment.Pixels;

/// <summary>The decoded images of a data set, in packs that it owns.</summary>
internal sealed class PixelStore : IDisposable
{
    private readonly int[] _places;
    private readonly IReadOnlyList<PixelPack> _packs;
    private Task _prefetching = Task.CompletedTask;

    /// <param name="places">For each image, its <see cref="PlaceOf">place</see>.</param>
    /// <param name="packs">The packs. The store disposes them.</param>
    public PixelStore(int[] places, IReadOnlyList<PixelPack> packs)
    {
        _places = places;
        _packs = packs;
    }

    /// <summary>The images of two stores, one after the other. The new store owns the packs of both.</summary>
    public static PixelStore Join(PixelStore first, PixelStore second)
    {
        int offset = PlaceOf(first._packs.Count, slot: 0);
        return new([.. first._places, .. second._places.Select(place => offset + place)],
            [.. first._packs, .. second._packs]);
    }

    /// <summary>A slot of one of the packs, in one number.</summary>
    public static int PlaceOf(int pack, int slot) => checked(pack * PixelPack.Capacity + slot);

    public int Count => _places.Length;

    /// <summary>The <see cref="PixelFormat.ByteCount"/> bytes of an image.</summary>
    public ReadOnlySpan<byte> this[int image] =>
        _packs[_places[image] / PixelPack.Capacity][_places[image] % PixelPack.Capacity];

    /// <summary>Reads the pages of images that are needed soon into RAM, on another thread.</summary>
    public void Prefetch(ReadOnlySpan<int> images)
    {
        if (!_prefetching.IsCompleted)
            return;
        int[] soon = images.ToArray();
        _prefetching = Task.Run(() =>
        {
            int sum = 0;
            foreach (int image in soon)
                for (int at = 0; at < PixelFormat.ByteCount; at += Environment.SystemPageSize)
                    sum += this[image][at];
            return sum; // or the reads could be optimized away
        });
    }

    public void Dispose()
    {
        _prefetching.Wait();
        foreach (PixelPack pack in _packs)
            pack.Dispose();
    }
}
