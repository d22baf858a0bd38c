namespace VisualSentiment.Tests.Imaging;

/// <summary>JPEGs of which almost every block is one bit long.</summary>
internal static class HostileJpeg
{
    private const int BlockSide = 8, LongestRun = 32767, ShortestRun = 16384;

    /// <summary>Sampling factors of components.</summary>
    public static readonly byte[] Rgb = [0x11, 0x11, 0x11], Cmyk = [0x11, 0x11, 0x11, 0x11];

    // A code of one bit each: no difference to the block before; end of block, or the end of up to 32,767 blocks.
    private static readonly byte[] DcTable = Segment(0xC4, [0x00, 1, .. new byte[15], 0]);
    private static readonly byte[] EndOfBlock = Segment(0xC4, [0x10, 1, .. new byte[15], 0]);
    private static readonly byte[] EndOfBlocks = Segment(0xC4, [0x10, 1, .. new byte[15], 0xE0]);
    private static readonly byte[] Quantization = Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);

    /// <param name="side">Pixels in a row, and rows.</param>
    /// <param name="sampling">Sampling factors of the components.</param>
    /// <param name="whole">Whether there are data for all blocks.</param>
    /// <param name="frame">The marker of the frame.</param>
    public static byte[] Baseline(int side, byte[] sampling, bool whole, byte frame = 0xC0) =>
    [
        .. Start(side, sampling, frame), .. EndOfBlock, .. Scan(sampling.Length, 0, 63),
        .. new byte[whole ? (2 * Blocks(side) * sampling.Length + 7) / 8 : 0], 0xFF, 0xD9,
    ];

    /// <summary>One scan of the first coefficients, and others of the remaining ones, one component each.</summary>
    public static byte[] Progressive(int side, byte[] sampling, int scans, bool whole = false)
    {
        List<byte> jpeg = [.. Start(side, sampling, 0xC2), .. EndOfBlocks, .. Scan(sampling.Length, 0, 0)];
        if (whole)
            jpeg.AddRange(new byte[(Blocks(side) * sampling.Length + 7) / 8]);
        byte[] data = whole ? Runs(Blocks(side)) : [];
        for (int i = 1; i < scans; i++)
        {
            jpeg.AddRange(Segment(0xDA, [1, (byte)(1 + i % sampling.Length), 0, 1, 63, 0]));
            jpeg.AddRange(data);
        }
        return [.. jpeg, 0xFF, 0xD9];
    }

    /// <summary>Baseline, a scan for each component.</summary>
    public static byte[] NonInterleaved(int side) =>
    [
        .. Start(side, Rgb, 0xC0), .. EndOfBlock,
        .. Enumerable.Range(1, 3).SelectMany(c => (byte[])[.. Segment(0xDA, [1, (byte)c, 0, 0, 63, 0]), .. new byte[Blocks(side) / 4]]),
        0xFF, 0xD9,
    ];

    /// <summary>A restart after every block.</summary>
    public static byte[] Restarts(int side) =>
    [
        .. Start(side, Rgb, 0xC0), .. EndOfBlock, .. Segment(0xDD, [0, 1]), .. Scan(3, 0, 63),
        .. Enumerable.Range(0, Blocks(side)).SelectMany(i => (byte[])[0, 0xFF, (byte)(0xD0 + i % 8)]), 0xFF, 0xD9,
    ];

    public static byte[] ManyTables(int count) => Prepend(Enumerable.Repeat<byte[]>([.. Quantization, .. DcTable], count));

    public static byte[] ManyExif(int count) => Prepend(Enumerable.Repeat(Segment(0xE1, [.. "Exif\0\0"u8, .. new byte[65000]]), count));

    private static byte[] Prepend(IEnumerable<byte[]> segments) =>
        [0xFF, 0xD8, .. segments.SelectMany(segment => segment), .. Baseline(64, Rgb, whole: true)[2..]];

    private static byte[] Start(int side, byte[] sampling, byte frame) =>
    [
        0xFF, 0xD8, .. Quantization, .. DcTable,
        .. Segment(frame, [8, (byte)(side >> 8), (byte)side, (byte)(side >> 8), (byte)side, (byte)sampling.Length,
            .. sampling.SelectMany((factors, i) => (byte[])[(byte)(i + 1), factors, 0])]),
    ];

    private static byte[] Scan(int components, byte first, byte last) =>
        Segment(0xDA, [(byte)components, .. Enumerable.Range(1, components).SelectMany(c => (byte[])[(byte)c, 0]), first, last, 0]);

    /// <summary>
    /// The ends of so many blocks, in runs: a bit 0, and fourteen bits that are added to the shortest run.
    /// </summary>
    private static byte[] Runs(int blocks)
    {
        List<bool> bits = [];
        for (int left = blocks; left > 0;)
        {
            int run = Math.Clamp(left, ShortestRun, LongestRun);
            bits.Add(false);
            for (int i = 13; i >= 0; i--)
                bits.Add((run - ShortestRun >> i & 1) == 1);
            left -= run;
        }
        return [.. bits.Chunk(8).Select(b => (byte)Enumerable.Range(0, 8).Sum(i => (i >= b.Length || b[i] ? 1 : 0) << (7 - i)))
            .SelectMany(b => b == 0xFF ? (byte[])[b, 0] : [b])];
    }

    private static int Blocks(int side) => (side + BlockSide - 1) / BlockSide * ((side + BlockSide - 1) / BlockSide);

    private static byte[] Segment(byte marker, byte[] content) =>
        [0xFF, marker, (byte)(content.Length + 2 >> 8), (byte)(content.Length + 2), .. content];
}
