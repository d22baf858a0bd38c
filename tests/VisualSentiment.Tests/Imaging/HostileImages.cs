namespace VisualSentiment.Tests.Imaging;

/// <summary>An image that is made to cost as much as possible.</summary>
/// <param name="Name">A file name.</param>
/// <param name="Create">Makes the bytes of the file.</param>
/// <param name="Refusal">
/// A part of the reason why it is refused before it is decoded; null where it is within the limits.
/// </param>
internal sealed record HostileImage(string Name, Func<byte[]> Create, string? Refusal = null)
{
    public override string ToString() => Name;
}

/// <summary>Small files that would take gigabytes or minutes, and the most expensive ones within the limits.</summary>
internal static class HostileImages
{
    private const string Memory = "ImageLimits.MaxMemoryBytes", Pixels = "ImageLimits.MaxPixels", Scans = "ImageLimits.MaxJpegScans";

    /// <summary>Beyond the limits.</summary>
    public static IReadOnlyList<HostileImage> Refused { get; } =
    [
        new("progressive.jpg", () => HostileJpeg.Progressive(14142, HostileJpeg.Rgb, scans: 1), Memory),
        new("progressive-cmyk.jpg", () => HostileJpeg.Progressive(14142, HostileJpeg.Cmyk, scans: 1), Memory),
        new("2000-scans.jpg", () => HostileJpeg.Progressive(14142, HostileJpeg.Rgb, scans: 2000), Scans),
        new("2646-whole-scans.jpg", () => HostileJpeg.Progressive(8000, HostileJpeg.Rgb, scans: 2646, whole: true), Scans),
        new("60-large-scans.jpg", () => HostileJpeg.Progressive(6000, HostileJpeg.Rgb, scans: 60, whole: true), "5 x " + Pixels),
        new("65500.jpg", () => HostileJpeg.Baseline(65500, HostileJpeg.Rgb, whole: false), Pixels),
        new("arithmetic.jpg", () => HostileJpeg.Baseline(14142, HostileJpeg.Rgb, whole: false, frame: 0xC9), "5 x " + Pixels),
        new("non-interleaved.jpg", () => HostileJpeg.NonInterleaved(8000), Memory),
        new("gray-200-million.png", () => HostilePng.Flat(14142, 14142, depth: 1, colorType: 0), Memory),
        new("interlaced-16-bit.png", () => HostilePng.Interlaced(5600, depth: 16), Memory),
        new("column.png", () => HostilePng.Flat(1, 2_000_000, depth: 8, colorType: 0), "1 x 2,000,000"),
        new("row.png", () => HostilePng.Flat(199_999_999, 1, depth: 8, colorType: 0), "199,999,999 x 1"),
        new("one-color.webp", () => HostileWebp.Simple(HostileWebp.OneColor(14142)), Memory),
        new("65536-code-groups.webp", () => HostileWebp.Simple(HostileWebp.CodeGroups(65536)), Memory),
        new("3000000-chunks.webp", () => HostileWebp.Chunks(3_000_000), Memory),
        new("canvas.gif", () => Gif(14142, 14142), Memory),
        new("frame.gif", () => Gif(100, 14142), Memory),
        new("6000000-blocks.gif", () => Gif(64, 64, blocks: 6_000_000), Memory),
        new("run-length.bmp", () => Bmp(14142), Memory),
    ];

    /// <summary>Within the limits, and as expensive as can be.</summary>
    public static IReadOnlyList<HostileImage> Accepted { get; } =
    [
        new("empty-200-million.jpg", () => HostileJpeg.Baseline(14142, HostileJpeg.Rgb, whole: false)),
        new("flat-200-million.jpg", () => HostileJpeg.Baseline(14142, HostileJpeg.Rgb, whole: true)),
        new("progressive-26-scans.jpg", () => HostileJpeg.Progressive(6100, HostileJpeg.Rgb, scans: 25, whole: true)),
        new("restarts.jpg", () => HostileJpeg.Restarts(8000)),
        new("tables.jpg", () => HostileJpeg.ManyTables(50_000)),
        new("exif.jpg", () => HostileJpeg.ManyExif(100)),
        new("64-million.png", () => HostilePng.Flat(8000, 8000, depth: 8, colorType: 6)),
        new("column-1000000.png", () => HostilePng.Flat(1, 1_000_000, depth: 8, colorType: 0)),
        new("64-million-16-bit.png", () => HostilePng.Flat(8000, 8000, depth: 16, colorType: 6)),
        new("interlaced.png", () => HostilePng.Interlaced(5700, depth: 8)),
        new("text-bombs.png", () => HostilePng.WithChunks("zTXt", 10, [(byte)'k', 0, 0, .. HostilePng.Bomb(50_000_000)])),
        new("profile-bomb.png", () => HostilePng.WithChunks("iCCP", 1, [(byte)'k', 0, 0, .. HostilePng.Bomb(50_000_000)])),
        new("200000-chunks.png", () => HostilePng.WithChunks("tEXt", 200_000, "a\0"u8.ToArray())),
        new("28-million.webp", () => HostileWebp.Simple(HostileWebp.OneColor(5300))),
        new("1000-code-groups.webp", () => HostileWebp.Simple(HostileWebp.CodeGroups(1000))),
        new("20000-frames.webp", () => HostileWebp.Animation(4000, frames: 20_000)),
        new("canvas-mismatch.webp", () => HostileWebp.Mismatch(16383)),
        new("64-million.gif", () => Gif(8000, 8000)),
        new("10000-frames.gif", () => Gif(100, 1, frames: 10_000)),
        new("64-million-run-length.bmp", () => Bmp(8000)),
    ];

    /// <summary>Those that are refused, and smaller ones that allocate as much as they may for their size.</summary>
    public static IEnumerable<HostileImage> Small =>
    [
        .. Refused,
        new("progressive-5-scans.jpg", () => HostileJpeg.Progressive(2000, HostileJpeg.Rgb, scans: 5, whole: true)),
        new("exif.jpg", () => HostileJpeg.ManyExif(100)),
        new("4-million.png", () => HostilePng.Flat(2000, 2000, depth: 8, colorType: 6)),
        new("interlaced.png", () => HostilePng.Interlaced(1500, depth: 16)),
        new("4-million.webp", () => HostileWebp.Simple(HostileWebp.OneColor(2000))),
        new("1000-code-groups.webp", () => HostileWebp.Simple(HostileWebp.CodeGroups(1000))),
        new("100000-chunks.webp", () => HostileWebp.Chunks(100_000)),
        new("4-million.gif", () => Gif(2000, 2000)),
        new("100000-blocks.gif", () => Gif(64, 64, blocks: 100_000)),
        new("4-million-run-length.bmp", () => Bmp(2000)),
    ];

    public static IEnumerable<HostileImage> All => Refused.Concat(Accepted);

    /// <summary>
    /// A canvas with frames from its upper left corner on, whose data is cut short unless it is one pixel.
    /// </summary>
    private static byte[] Gif(int canvas, int frame, int frames = 1, int blocks = 0)
    {
        byte[] image = [0x2C, 0, 0, 0, 0, .. Little16(frame), .. Little16(frame), 0, 2,
            .. Enumerable.Repeat<byte[]>([1, 0x24], blocks).SelectMany(block => block), 2, 0x44, 1, 0];
        return [.. "GIF89a"u8, .. Little16(canvas), .. Little16(canvas), 0x80, 0, 0, 10, 20, 30, 200, 210, 220,
            .. Enumerable.Repeat(image, frames).SelectMany(bytes => bytes), 0x3B];
    }

    /// <summary>Run-length coded, and at its end at once.</summary>
    private static byte[] Bmp(int side) => [.. "BM"u8, .. Little32(1080), .. new byte[4], 54, 4, 0, 0,
        40, 0, 0, 0, .. Little32(side), .. Little32(side), 1, 0, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, .. new byte[16], .. new byte[1024], 0, 1];

    private static byte[] Little16(int value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Little32(int value) => BitConverter.GetBytes(value);
}
