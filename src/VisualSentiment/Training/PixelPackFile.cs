using System.Buffers.Binary;

namespace VisualSentiment.Training;

/// <summary>
/// The form of a pack that stays on disk: magic, version, count and a checksum of the index (32 bytes), the index (for each
/// picture its key and the checksum of its pixels, 16 bytes each; zeros where the picture could not be decoded), and the
/// pixels from the next multiple of 4096 on. Little-endian. Nothing in it is believed that its checksum does not bear out.
/// </summary>
internal static class PixelPackFile
{
    public const string Extension = ".pixels";
    private const string UnfinishedExtension = Extension + ".tmp";
    private const int Version = 1, HeaderSize = 32, EntrySize = 32, KeySize = 16, Page = 4096;

    // Younger files may be between their creation and their lock.
    private static readonly TimeSpan LeftBehind = TimeSpan.FromMinutes(1);

    private static ReadOnlySpan<byte> Magic => "VSPIXELS"u8;

    /// <summary>
    /// Writes a new file: <paramref name="fill"/> decodes into the slots and returns the keys of those it could fill. The
    /// file appears under its name when all of it is there.
    /// </summary>
    public static IndexedPack Write(string folder, int count, Func<PixelPack, UInt128?[]> fill)
    {
        string path = Path.Combine(folder, Path.GetRandomFileName() + Extension);
        string unfinished = Path.ChangeExtension(path, UnfinishedExtension);
        try
        {
            using (var pack = PixelPack.Create(count, unfinished, OffsetOf(count)))
                WriteHeader(pack, fill(pack));
            File.Move(unfinished, path);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
        return Open(path) ?? throw new IOException($"The file '{path}' was changed by somebody else while it was written.");
    }

    /// <summary>Opens a file; null where it is gone, of another version, or damaged, and then it is removed.</summary>
    public static IndexedPack? Open(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        bool foreign = false;
        try
        {
            byte[] header = new byte[HeaderSize];
            bool ours = file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) == HeaderSize && header.AsSpan().StartsWith(Magic);
            foreign = ours && BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8)) != Version;
            if (ours && !foreign && BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)) is > 0 and <= PixelPack.Capacity and var count
                && file.Length == PixelPack.LengthOf(count, OffsetOf(count)))
            {
                byte[] index = new byte[count * EntrySize];
                file.ReadExactly(index);
                if (PixelKey.Checksum(index) == BinaryPrimitives.ReadUInt128LittleEndian(header.AsSpan(16)))
                    return new IndexedPack(PixelPack.Open(file, count, OffsetOf(count)), Slots(index), Checksums(index), path);
            }
        }
        catch (IOException)
        {
            // cut short while it was read
        }
        file.Dispose();
        if (!foreign)
            File.Delete(path);
        return null;
    }

    /// <summary>The finished files of a folder; what interrupted runs have left half-written is removed.</summary>
    public static IEnumerable<string> Find(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*" + UnfinishedExtension))
        {
            try
            {
                // Whoever still writes the file has locked it.
                if (DateTime.UtcNow - File.GetCreationTimeUtc(path) > LeftBehind)
                    using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                        File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // in use, or removed by another process
            }
        }
        return Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal);
    }

    private static int OffsetOf(int count) => (HeaderSize + count * EntrySize + Page - 1) / Page * Page;

    private static void WriteHeader(PixelPack pack, UInt128?[] keys)
    {
        Span<byte> header = pack.Header, index = header.Slice(HeaderSize, pack.Count * EntrySize);
        for (int slot = 0; slot < keys.Length; slot++)
        {
            if (keys[slot] is not { } key)
                continue;
            BinaryPrimitives.WriteUInt128LittleEndian(index[(slot * EntrySize)..], key);
            BinaryPrimitives.WriteUInt128LittleEndian(index[(slot * EntrySize + KeySize)..], PixelKey.Checksum(pack[slot]));
        }
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], pack.Count);
        BinaryPrimitives.WriteUInt128LittleEndian(header[16..], PixelKey.Checksum(index));
    }

    private static Dictionary<UInt128, int> Slots(byte[] index)
    {
        Dictionary<UInt128, int> slots = [];
        for (int slot = 0; slot * EntrySize < index.Length; slot++)
            if (BinaryPrimitives.ReadUInt128LittleEndian(index.AsSpan(slot * EntrySize)) is var key && key != 0)
                slots[key] = slot;
        return slots;
    }

    private static UInt128[] Checksums(byte[] index) =>
        [.. Enumerable.Range(0, index.Length / EntrySize).Select(slot => BinaryPrimitives.ReadUInt128LittleEndian(index.AsSpan(slot * EntrySize + KeySize)))];
}
