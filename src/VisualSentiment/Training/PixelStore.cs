using System.IO.MemoryMappedFiles;
using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>
/// The pixels of many pictures, decoded once, in a temporary file mapped into memory: the system keeps in RAM what fits.
/// The file disappears with the store.
/// </summary>
internal sealed unsafe class PixelStore : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _pixels;

    public PixelStore(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = count;
        long bytes = (long)count * PixelFormat.ByteCount;
        _file = new FileStream(Path.Combine(Path.GetTempPath(), $"visualsentiment-{Path.GetRandomFileName()}.pixels"),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose,
                PreallocationSize = bytes,
            });
        try
        {
            _map = MemoryMappedFile.CreateFromFile(_file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None,
                leaveOpen: true);
            _view = _map.CreateViewAccessor();
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pixels);
        }
        catch
        {
            _map?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    public int Count { get; }

    /// <summary>The bytes of one picture, to be written or read. Different pictures may be written at once.</summary>
    public Span<byte> this[int picture]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)picture, (uint)Count, nameof(picture));
            return new Span<byte>(_pixels + (long)picture * PixelFormat.ByteCount, PixelFormat.ByteCount);
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
    }
}
