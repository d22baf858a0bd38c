using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using VisualSentiment.Imaging;

namespace VisualSentiment.Pixels;

/// <summary>
/// A memory-mapped file with the pixels of up to 2,048 images, so that the system caches in RAM what fits. A <see
/// cref="PixelPackWriter"/> writes it; afterwards it never changes.
/// </summary>
/// <remarks>
/// A pack of a cache folder is the file <c>NAME.pixels</c> with a random name; while it is written, it is
/// <c>NAME.pixels.tmp</c>. Without a cache folder, the same file has no name (Unix) or is deleted when it is closed
/// (Windows). All integers are little-endian. With N slots:
/// <list type="table">
/// <listheader><term>Offset</term><description>Content</description></listheader>
/// <item><term>0</term><description>8 bytes: <c>VSPIXELS</c> in ASCII</description></item>
/// <item><term>8</term><description>int32: the version, 1</description></item>
/// <item><term>12</term><description>int32: N, from 1 to 2048</description></item>
/// <item><term>16</term><description>16 bytes: the first half of the SHA-256 of the index</description></item>
/// <item><term>32</term><description>the index, 32 bytes for each slot: the key of the image (<see cref="PixelKey"/>)
/// and the first half of the SHA-256 of its pixels; zeros where the slot cannot be looked up</description></item>
/// <item><term>the next multiple of 4096</term><description>the pixels, 150,528 bytes for each slot: 224 rows of 224
/// RGB pixels</description></item>
/// </list>
/// A reader ignores a file of another version and leaves it in place. It deletes a <c>.pixels</c> file that is not a pack,
/// or whose length or index does not match the header. An image whose pixels do not match their checksum is decoded again,
/// into another pack.
/// </remarks>
internal sealed unsafe class PixelPack : IDisposable
{
    public const string Extension = ".pixels", UnfinishedExtension = Extension + ".tmp";

    /// <summary>The maximum number of images in a pack. An interrupted run has to decode at most this number again.</summary>
    public const int Capacity = 2048;

    private const int HeaderSize = 32, EntrySize = 32, KeySize = 16, PageSize = 4096, Version = 1;

    /// <summary>An unfinished file that has not been written for this time belongs to no running process.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;
    private bool _disposed;

    /// <param name="file">A file of <see cref="LengthOf"/> bytes, which the pack disposes.</param>
    /// <param name="count">The number of slots.</param>
    public PixelPack(FileStream file, int count)
    {
        Count = count;
        _file = file;
        _map = MemoryMappedFile.CreateFromFile(
            file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    /// <summary>The number of slots.</summary>
    public int Count { get; }

    private static ReadOnlySpan<byte> Magic => "VSPIXELS"u8;

    /// <summary>The <see cref="PixelFormat.ByteCount"/> bytes of an image.</summary>
    public ReadOnlySpan<byte> this[int slot]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Count, nameof(slot));
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new ReadOnlySpan<byte>(_bytes + OffsetOf(slot, Count), PixelFormat.ByteCount);
        }
    }

    /// <summary>Opens the packs of a folder one by one, and deletes damaged and abandoned ones.</summary>
    public static IEnumerable<PixelPack> OpenAll(string folder)
    {
        foreach (string path in Directory.GetFiles(folder, "*" + UnfinishedExtension))
            DeleteIfAbandoned(path);
        string[] paths = Directory.GetFiles(folder, "*" + Extension);
        return paths.Order(StringComparer.Ordinal).Select(Open).OfType<PixelPack>();
    }

    /// <summary>Opens a pack; null if it does not exist, is damaged (it is deleted), or is of another version.</summary>
    public static PixelPack? Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read,
                FileShare.Read | FileShare.Delete, bufferSize: 0);
            Span<byte> header = stackalloc byte[HeaderSize];
            bool isPack = file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) == HeaderSize
                && header.StartsWith(Magic);
            int count = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
            bool isOther = isPack && BinaryPrimitives.ReadInt32LittleEndian(header[8..]) != Version;
            if (isPack && !isOther && count is > 0 and <= Capacity && file.Length == LengthOf(count))
            {
                var pack = new PixelPack(file, count);
                if (PixelKey.Checksum(pack.Index) == BinaryPrimitives.ReadUInt128LittleEndian(header[16..]))
                    return pack;
                pack.Dispose();
            }
            file.Dispose();
            if (!isOther)
                File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
        }
        return null;
    }

    /// <summary>The key of the image in a slot; 0 for none.</summary>
    public UInt128 KeyOf(int slot) => BinaryPrimitives.ReadUInt128LittleEndian(Index[(slot * EntrySize)..]);

    /// <summary>Whether the pixels in a slot match their checksum.</summary>
    public bool IsIntact(int slot) => PixelKey.Checksum(this[slot])
        == BinaryPrimitives.ReadUInt128LittleEndian(Index[(slot * EntrySize + KeySize)..]);

    /// <summary>Creates a header and an index in which all slots are empty.</summary>
    public static byte[] CreateHeader(int count)
    {
        byte[] header = new byte[HeaderSize + count * EntrySize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), count);
        return header;
    }

    /// <summary>Writes the entry of an image into the index.</summary>
    public static void WriteEntry(Span<byte> header, int slot, UInt128 key, UInt128 checksum)
    {
        Span<byte> entry = header.Slice(HeaderSize + slot * EntrySize, EntrySize);
        BinaryPrimitives.WriteUInt128LittleEndian(entry, key);
        BinaryPrimitives.WriteUInt128LittleEndian(entry[KeySize..], checksum);
    }

    /// <summary>Writes the checksum of the complete index.</summary>
    public static void CompleteHeader(Span<byte> header) =>
        BinaryPrimitives.WriteUInt128LittleEndian(header[16..], PixelKey.Checksum(header[HeaderSize..]));

    /// <summary>The offset of the pixels of an image in the file.</summary>
    public static long OffsetOf(int slot, int count) =>
        (HeaderSize + count * EntrySize + PageSize - 1) / PageSize * PageSize + (long)slot * PixelFormat.ByteCount;

    /// <summary>The length of a pack in bytes.</summary>
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

    private ReadOnlySpan<byte> Index => new(_bytes + HeaderSize, Count * EntrySize);

    private static void DeleteIfAbandoned(string path)
    {
        try
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < Abandoned)
                return;
            // The writer has locked the file, where the file system supports that.
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Delete);
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // in use, or deleted by another process
        }
    }
}
