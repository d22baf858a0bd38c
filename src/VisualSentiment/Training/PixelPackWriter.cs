using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>
/// A pack that is being filled: either a temporary file that disappears with the process, however that ends, or one that stays for
/// later runs (<see cref="PixelPackFile"/>). Pictures are written by calls and only read through a map: of pages that are written
/// through one, the system clears what is new first, and that was seen to take up to ten times as long as the writing.
/// </summary>
internal sealed class PixelPackWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly byte[] _header;
    private bool _finished;

    /// <summary>A new file, or with no path a temporary one that nobody else ever sees.</summary>
    /// <exception cref="IOException">There is no room for it, or the folder cannot be written.</exception>
    public PixelPackWriter(int count, string? path = null)
    {
        Count = count;
        _header = new byte[PackIndex.OffsetOfPixels(count)];
        string name = path ?? Path.Combine(Path.GetTempPath(), $"visualsentiment-{Path.GetRandomFileName()}.pixels");
        long length = PixelPack.LengthOf(count);
        try
        {
            _file = new FileStream(name, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = path is null ? FileOptions.DeleteOnClose : FileOptions.None,
                PreallocationSize = length,
                BufferSize = 0,
            });
        }
        catch (IOException e)
        {
            throw new IOException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The pixels of {count} pictures, {length / 1e6:0} MB, cannot be written to '{name}': {e.Message}"), e);
        }
        // Without a name the file is gone with the process, also where that is killed. Windows takes care of it by itself.
        if (path is null && !OperatingSystem.IsWindows())
            File.Delete(name);
    }

    public int Count { get; }

    /// <summary>What will stand before the pixels: room for a header, then the <see cref="PackIndex"/>.</summary>
    public Span<byte> Header => _header;

    /// <summary>Writes one picture. Different ones may be written at once.</summary>
    /// <param name="slot">Its place.</param>
    /// <param name="pixels">Its <see cref="PixelFormat.ByteCount"/> bytes.</param>
    /// <param name="key">By which it will be looked for; 0 where it will not be.</param>
    /// <param name="checksum">Of its pixels; 0 where nobody will ask.</param>
    public void Write(int slot, ReadOnlySpan<byte> pixels, UInt128 key, UInt128 checksum)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Count, nameof(slot));
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, PixelFormat.ByteCount, nameof(pixels));
        RandomAccess.Write(_file.SafeFileHandle, pixels, PixelPack.OffsetOf(slot, Count));
        if (key != 0)
            PackIndex.Write(_header, slot, key, checksum);
    }

    /// <summary>Writes what stands before the pixels; the file is complete with that.</summary>
    public void WriteHeader()
    {
        // Also where the last pictures could not be read.
        _file.SetLength(PixelPack.LengthOf(Count));
        RandomAccess.Write(_file.SafeFileHandle, _header, fileOffset: 0);
    }

    /// <summary>Ends writing and maps what was written.</summary>
    public PixelPack Finish()
    {
        WriteHeader();
        _finished = true;
        return new PixelPack(_file, Count);
    }

    /// <summary>Closes the file, unless it has become a pack.</summary>
    public void Dispose()
    {
        if (!_finished)
            _file.Dispose();
    }
}
