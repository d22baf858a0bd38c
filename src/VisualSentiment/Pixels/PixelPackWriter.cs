using VisualSentiment.Imaging;

namespace VisualSentiment.Pixels;

/// <summary>Writes a <see cref="PixelPack"/>, which appears in its folder once it is complete.</summary>
/// <remarks>Images are written with file operations: writing through a new memory map took up to ten times as long.</remarks>
internal sealed class PixelPackWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly byte[] _header;
    private readonly int _count;
    private readonly bool _isTemporary;
    private bool _finished;

    /// <param name="folder">The cache folder; null for a temporary file, which is deleted when the pack is closed.</param>
    /// <param name="count">The number of images.</param>
    /// <exception cref="IOException">The folder cannot be written, or the disk is full.</exception>
    public PixelPackWriter(string? folder, int count)
    {
        _count = count;
        _isTemporary = folder is null;
        _header = PixelPack.CreateHeader(count);
        string name = Path.GetRandomFileName() + PixelPack.UnfinishedExtension;
        string path = _isTemporary ? Path.Combine(Path.GetTempPath(), $"visualsentiment-{name}")
            : Path.Combine(folder!, name);
        long length = PixelPack.LengthOf(count);
        try
        {
            _file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = _isTemporary ? FileOptions.DeleteOnClose : FileOptions.None,
                PreallocationSize = length,
                BufferSize = 0,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(FormattableString.Invariant(
                $"The pixels of {count} images, {length / 1e6:0} MB, cannot be written to '{path}': {e.Message}"), e);
        }
        // On Unix, an unlinked file disappears even if the process is killed.
        if (_isTemporary && !OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>Writes the <see cref="PixelFormat.ByteCount"/> bytes of an image. Thread-safe.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="pixels">The pixels.</param>
    /// <param name="key">The key in a cache folder; 0 for none.</param>
    public void Write(int slot, ReadOnlySpan<byte> pixels, UInt128 key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)_count, nameof(slot));
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, PixelFormat.ByteCount, nameof(pixels));
        RandomAccess.Write(_file.SafeFileHandle, pixels, PixelPack.OffsetOf(slot, _count));
        if (key != 0 && !_isTemporary)
            PixelPack.WriteEntry(_header, slot, key, PixelKey.Checksum(pixels));
    }

    /// <summary>Completes the file and maps it.</summary>
    public PixelPack Finish()
    {
        PixelPack.CompleteHeader(_header);
        // The last images may be missing because they were unreadable.
        _file.SetLength(PixelPack.LengthOf(_count));
        RandomAccess.Write(_file.SafeFileHandle, _header, fileOffset: 0);
        if (_isTemporary)
        {
            _finished = true;
            return new PixelPack(_file, _count);
        }
        _file.Dispose();
        string path = Path.ChangeExtension(_file.Name, null);
        File.Move(_file.Name, path);
        _finished = true;
        return PixelPack.Open(path)
            ?? throw new IOException($"The file '{path}' was changed by another process while it was written.");
    }

    /// <summary>Deletes the file, unless it is finished.</summary>
    public void Dispose()
    {
        if (_finished)
            return;
        _file.Dispose();
        File.Delete(_file.Name);
    }
}
