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
    /// <param name="header">What stands before the pixels.</param>
    /// <param name="count">How many pictures the pack has room for.</param>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> header, int count) => header.Slice(HeaderSize, count * EntrySize);

    /// <summary>The key of the picture in a slot; 0 where there is none.</summary>
    public static UInt128 KeyOf(PixelPack pack, int slot) => BinaryPrimitives.ReadUInt128LittleEndian(pack.Header[OffsetOf(slot)..]);

    public static UInt128 ChecksumOf(PixelPack pack, int slot) => BinaryPrimitives.ReadUInt128LittleEndian(pack.Header[(OffsetOf(slot) + KeySize)..]);

    public static void Write(Span<byte> header, int slot, UInt128 key, UInt128 checksum)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(header[OffsetOf(slot)..], key);
        BinaryPrimitives.WriteUInt128LittleEndian(header[(OffsetOf(slot) + KeySize)..], checksum);
    }

    private static int OffsetOf(int slot) => HeaderSize + slot * EntrySize;
}
