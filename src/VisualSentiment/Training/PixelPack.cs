using System.IO.MemoryMappedFiles;
using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>
/// The pixels of up to two thousand pictures in a file mapped into memory: the system keeps in RAM what fits. A
/// <see cref="PixelPackWriter"/> has written it.
/// </summary>
internal sealed unsafe class PixelPack : IDisposable
{
    /// <summary>Pictures in a pack, at most: 308 MB. What an interrupted run has decoded is lost by no more than that.</summary>
    public const int Capacity = 2048;

    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _offset;
    private readonly byte* _bytes;
    private bool _disposed;

    /// <param name="file">A file of <see cref="LengthOf"/> bytes, which is the pack's from here on.</param>
    /// <param name="count">How many pictures it has room for.</param>
    public PixelPack(FileStream file, int count)
    {
        Count = count;
        _file = file;
        _offset = PackIndex.OffsetOfPixels(count);
        try
        {
            _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
        }
        catch
        {
            _map?.Dispose();
            file.Dispose();
            throw;
        }
    }

    public int Count { get; }

    /// <summary>The bytes of one picture.</summary>
    public ReadOnlySpan<byte> this[int slot]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Count, nameof(slot));
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new ReadOnlySpan<byte>(_bytes + OffsetOf(slot, Count), PixelFormat.ByteCount);
        }
    }

    /// <summary>What stands before the pixels: room for a header, then the <see cref="PackIndex"/>.</summary>
    public ReadOnlySpan<byte> Header => new(_bytes, _offset);

    /// <summary>Where the pixels of a picture begin in the file of a pack.</summary>
    public static long OffsetOf(int slot, int count) => PackIndex.OffsetOfPixels(count) + (long)slot * PixelFormat.ByteCount;

    /// <summary>How long the file of a pack is.</summary>
    public static long LengthOf(int count) => OffsetOf(count, count);

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
    }
}
