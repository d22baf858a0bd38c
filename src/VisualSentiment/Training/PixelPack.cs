using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>
/// The pixels of up to two thousand pictures in a file mapped into memory: the system keeps in RAM what fits. A
/// <see cref="PixelPackWriter"/> has written it.
/// </summary>
internal sealed unsafe partial class PixelPack : IDisposable
{
    /// <summary>Pictures in a pack, at most: 308 MB. What an interrupted run has decoded is lost by no more than that.</summary>
    public const int Capacity = 2048;

    // <fcntl.h>: posix_fadvise's advice, and sync_file_range's flags for writing and waiting. <errno.h>.
    private const int NotNeeded = 4, WriteAndWait = 1 | 2 | 4, InputOutputError = 5, NoSpace = 28;

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

    /// <summary>
    /// Has Linux write the pixels to the disk and forget what it keeps of them in RAM; it reads again what is looked at. Other systems are
    /// left to themselves. It is no promise that the file outlives a loss of power: that would make those wait who write others meanwhile.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void MoveToDisk()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Not every file system can do it; then it is left to the system.
        if (Sync(_file.SafeFileHandle, 0, 0, WriteAndWait) != 0 && Marshal.GetLastPInvokeError() is InputOutputError or NoSpace)
            throw new IOException($"The pixels of {Count} pictures cannot be written to '{_file.Name}': {Marshal.GetLastPInvokeErrorMessage()}");
        _ = Advise(_file.SafeFileHandle, 0, 0, NotNeeded);
    }

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

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, nint offset, nint length, int advice);
}
