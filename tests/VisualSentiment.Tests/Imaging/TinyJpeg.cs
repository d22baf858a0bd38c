namespace VisualSentiment.Tests.Imaging;

/// <summary>
/// Writes JPEGs that Skia cannot: any number of components, baseline or progressive, of 8 x 8 blocks of one value each.
/// </summary>
internal static class TinyJpeg
{
    private const int BlockSize = 8;

    /// <param name="blocksAcross">Blocks in a row.</param>
    /// <param name="components">The value of every block, row by row, for each component.</param>
    /// <param name="progressive">Whether the frame is progressive (SOF2).</param>
    /// <param name="adobe">Whether an Adobe marker says that the components are as they are (for CMYK: inverted).</param>
    public static byte[] Encode(int blocksAcross, byte[][] components, bool progressive = false, bool adobe = false)
    {
        using var jpeg = new MemoryStream();
        int blocks = components[0].Length;
        jpeg.Write([0xFF, 0xD8]);
        if (adobe)
            Segment(jpeg, 0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);
        Segment(jpeg, 0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Segment(jpeg, progressive ? (byte)0xC2 : (byte)0xC0, [8, .. Size(blocks / blocksAcross), .. Size(blocksAcross),
            (byte)components.Length, .. components.SelectMany((_, i) => new byte[] { (byte)(i + 1), 0x11, 0 })]);

        // Differences of DC values: twelve categories, with codes of four bits. AC values: one code, end of block.
        Segment(jpeg, 0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], .. Enumerable.Range(0, 12).Select(i => (byte)i)]);
        Segment(jpeg, 0xC4, [0x10, 1, .. new byte[15], 0]);
        Segment(jpeg, 0xDA, [(byte)components.Length,
            .. components.SelectMany((_, i) => new byte[] { (byte)(i + 1), 0x00 }), 0, (byte)(progressive ? 0 : 63), 0]);
        WriteBits(jpeg, BlockBits(components, endOfBlock: !progressive));

        // Where the AC values are missing, decoders smooth over the edges of blocks.
        for (int c = 0; progressive && c < components.Length; c++)
        {
            Segment(jpeg, 0xDA, [1, (byte)(c + 1), 0x00, 1, 63, 0]);
            WriteBits(jpeg, new bool[blocks]);
        }
        jpeg.Write([0xFF, 0xD9]);
        return jpeg.ToArray();
    }

    /// <summary>The same JPEG with an EXIF segment that says how the camera was held.</summary>
    public static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        using var result = new MemoryStream();
        result.Write(jpeg.AsSpan(0, 2));
        Segment(result, 0xE1, [.. "Exif\0\0"u8, .. "MM"u8, 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]);
        result.Write(jpeg.AsSpan(2));
        return result.ToArray();
    }

    private static List<bool> BlockBits(byte[][] components, bool endOfBlock)
    {
        var bits = new List<bool>();
        int[] previous = new int[components.Length];
        for (int block = 0; block < components[0].Length; block++)
        {
            for (int c = 0; c < components.Length; c++)
            {
                int dc = BlockSize * (components[c][block] - 128);
                int difference = dc - previous[c];
                previous[c] = dc;
                int category = 32 - int.LeadingZeroCount(Math.Abs(difference));
                Append(bits, category, 4);
                Append(bits, difference < 0 ? difference - 1 : difference, category);
                if (endOfBlock)
                    bits.Add(false);
            }
        }
        return bits;
    }

    private static byte[] Size(int blocks) => [(byte)(blocks * BlockSize >> 8), (byte)(blocks * BlockSize)];

    private static void Segment(MemoryStream jpeg, byte marker, byte[] content)
    {
        int length = content.Length + 2;
        jpeg.Write([0xFF, marker, (byte)(length >> 8), (byte)length, .. content]);
    }

    private static void Append(List<bool> bits, int value, int count)
    {
        for (int i = count - 1; i >= 0; i--)
            bits.Add((value >> i & 1) == 1);
    }

    private static void WriteBits(MemoryStream jpeg, IEnumerable<bool> bits)
    {
        foreach (bool[] chunk in bits.Chunk(8))
        {
            byte value = (byte)Enumerable.Range(0, 8).Sum(i => (i >= chunk.Length || chunk[i] ? 1 : 0) << (7 - i));
            jpeg.Write(value == 0xFF ? [0xFF, 0x00] : [value]);
        }
    }
}
