namespace VisualSentiment.Imaging;

/// <summary>Counts the blocks of a GIF, of which Skia keeps a list.</summary>
internal static class GifStructure
{
    /// <summary>An entry of Skia's list has 16 bytes, and the list is copied when it grows.</summary>
    private const int BytesPerBlock = 48;

    private const int HeaderLength = 13, DescriptorLength = 9;
    private const byte Extension = 0x21, Image = 0x2C;

    /// <summary>The bytes that Skia needs for the blocks up to the end of the first image.</summary>
    public static long BlockBytes(ReadOnlySpan<byte> gif)
    {
        if (gif.Length < HeaderLength)
            return 0;
        var rest = Skip(gif, HeaderLength + ColorTableLength(gif[10]));
        while (rest.Length > DescriptorLength && rest[0] is Extension or Image)
        {
            bool isImage = rest[0] == Image;
            rest = Skip(rest, isImage ? 2 + DescriptorLength + ColorTableLength(rest[DescriptorLength]) : 2);
            long blocks = 0;
            for (; !rest.IsEmpty && rest[0] > 0; blocks++)
                rest = Skip(rest, 1 + rest[0]);
            if (isImage)
                return BytesPerBlock * blocks;
            rest = Skip(rest, 1);
        }
        return 0;
    }

    private static int ColorTableLength(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> bytes, int count) =>
        bytes[Math.Min(count, bytes.Length)..];
}
