using VisualSentiment.Imaging;

namespace VisualSentiment.Pixels;

/// <summary>The decoded images of a data set.</summary>
/// <param name="places">The <see cref="PlaceOf">place</see> of each image.</param>
/// <param name="packs">The packs, which the store disposes.</param>
internal sealed class PixelStore(int[] places, IReadOnlyList<PixelPack> packs) : IDisposable
{
    private readonly int[] _places = places;
    private readonly IReadOnlyList<PixelPack> _packs = packs;
    private Task _prefetching = Task.CompletedTask;

    /// <summary>Concatenates two stores. The new store owns the packs of both.</summary>
    public static PixelStore Join(PixelStore first, PixelStore second)
    {
        int offset = PlaceOf(first._packs.Count, slot: 0);
        return new([.. first._places, .. second._places.Select(place => offset + place)],
            [.. first._packs, .. second._packs]);
    }

    /// <summary>Encodes a pack and a slot as one number.</summary>
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
            return sum; // otherwise the reads could be optimized away
        });
    }

    public void Dispose()
    {
        _prefetching.Wait();
        foreach (PixelPack pack in _packs)
            pack.Dispose();
    }
}
