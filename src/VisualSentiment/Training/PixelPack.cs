using System.IO.MemoryMappedFiles;
using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>
/// The pixels of up to two thousand pictures in a file mapped into memory: the system keeps in RAM what fits. Either a temporary
/// file that disappears with the process, however that ends, or one that stays for later runs: see <see cref="PixelPackFile"/>.
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

    private PixelPack(FileStream file, int count, bool writable)
    {
        Count = count;
        _file = file;
        _offset = PackIndex.OffsetOfPixels(count);
        var access = writable ? MemoryMappedFileAccess.ReadWrite : MemoryMappedFileAccess.Read;
        try
        {
            _map = MemoryMappedFile.CreateFromFile(file, null, LengthOf(count), access, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, 0, access);
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

    /// <summary>The bytes of one picture. Different pictures may be written at once.</summary>
    public Span<byte> this[int slot]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Count, nameof(slot));
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new Span<byte>(_bytes + _offset + (long)slot * PixelFormat.ByteCount, PixelFormat.ByteCount);
        }
    }

    /// <summary>What stands before the pixels: room for a header, then the <see cref="PackIndex"/>.</summary>
    public Span<byte> Header => new(_bytes, _offset);

    /// <summary>A new file in the folder, or with no folder a temporary one that nobody else ever sees.</summary>
    /// <exception cref="IOException">There is no room for it, or the folder cannot be written.</exception>
    public static PixelPack Create(int count, string? path = null)
    {
        string name = path ?? Path.Combine(Path.GetTempPath(), $"visualsentiment-{Path.GetRandomFileName()}.pixels");
        long length = LengthOf(count);
        FileStream file;
        try
        {
            file = new FileStream(name, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = path is null ? FileOptions.DeleteOnClose : FileOptions.None,
                PreallocationSize = length,
            });
        }
        catch (IOException e)
        {
            throw new IOException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The pixels of {count} pictures, {length / 1e6:0} MB, cannot be written to '{name}': {e.Message}"), e);
        }
        var pack = new PixelPack(file, count, writable: true);
        // Without a name the file is gone with the process, also where that is killed. Windows takes care of it by itself.
        if (path is null && !OperatingSystem.IsWindows())
            File.Delete(name);
        return pack;
    }

    /// <summary>Maps a file whose length is known to be right, for reading.</summary>
    public static PixelPack Open(FileStream file, int count) => new(file, count, writable: false);

    public static long LengthOf(int count) => PackIndex.OffsetOfPixels(count) + (long)count * PixelFormat.ByteCount;

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
