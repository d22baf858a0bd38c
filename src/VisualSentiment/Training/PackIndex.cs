using System.Buffers.Binary;

namespace VisualSentiment.Training;

/// <summary>
/// What stands between the header of a pack and its pixels: for each slot the key of the picture and the checksum of its pixels,
/// 16 bytes each; zeros where there is no picture that could be looked for. It is mapped with the pixels and takes no memory of
/// the process's own.
/// </summary>
internal static class PackIndex
{
    public const int HeaderSize = 32, EntrySize = 32;
    private const int KeySize = 16, Page = 4096;

    /// <summary>Where the pixels begin.</summary>
    public static int OffsetOfPixels(int count) => (HeaderSize + count * EntrySize + Page - 1) / Page * Page;

    /// <summary>All entries.</summary>
    public static Span<byte> Of(PixelPack pack) => pack.Header.Slice(HeaderSize, pack.Count * EntrySize);

    /// <summary>The key of the picture in a slot; 0 where there is none.</summary>
    public static UInt128 KeyOf(PixelPack pack, int slot) => BinaryPrimitives.ReadUInt128LittleEndian(Of(pack)[(slot * EntrySize)..]);

    public static UInt128 ChecksumOf(PixelPack pack, int slot) => BinaryPrimitives.ReadUInt128LittleEndian(Of(pack)[(slot * EntrySize + KeySize)..]);

    public static void Write(PixelPack pack, int slot, UInt128 key, UInt128 checksum)
    {
        Span<byte> entry = Of(pack).Slice(slot * EntrySize, EntrySize);
        BinaryPrimitives.WriteUInt128LittleEndian(entry, key);
        BinaryPrimitives.WriteUInt128LittleEndian(entry[KeySize..], checksum);
    }
}
