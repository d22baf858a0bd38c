using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>The pixels of the pictures of a training set, wherever they stand.</summary>
internal sealed class PixelStore : IDisposable
{
    private readonly PixelPlace[] _places;
    private readonly IReadOnlyList<IndexedPack> _packs;
    private Task _prefetching = Task.CompletedTask;
    private bool _disposed;

    /// <param name="places">One a picture.</param>
    /// <param name="packs">The packs that the places are of, held for the store and released with it.</param>
    public PixelStore(PixelPlace[] places, IReadOnlyList<IndexedPack> packs)
    {
        _places = places;
        _packs = packs;
    }

    /// <summary>The pictures of two stores, one after the other. The stores are the new one's from here on.</summary>
    public static PixelStore Join(PixelStore first, PixelStore second) =>
        new([.. first._places, .. second._places.Select(place => new PixelPlace(first._packs.Count + place.Pack, place.Slot))], [.. first._packs, .. second._packs]);

    public int Count => _places.Length;

    /// <summary>The bytes of one picture.</summary>
    public ReadOnlySpan<byte> this[int picture] => _packs[_places[picture].Pack].Pack[_places[picture].Slot];

    /// <summary>Has the system read pictures that will be needed soon, on another thread, where they are not in RAM.</summary>
    public void Prefetch(ReadOnlySpan<int> pictures)
    {
        if (!_prefetching.IsCompleted)
            return;
        int[] soon = pictures.ToArray();
        _prefetching = Task.Run(() =>
        {
            int sum = 0;
            foreach (int picture in soon)
                for (int at = 0; at < PixelFormat.ByteCount; at += Environment.SystemPageSize)
                    sum += this[picture][at];
            return sum; // or the reads could be optimised away
        });
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _prefetching.Wait();
        DecodedPictures.Release(_packs);
    }
}
