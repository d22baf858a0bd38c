using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace VisualSentiment.Tests.Imaging;

/// <summary>PNGs whose data, all zeros, are compressed a thousand times.</summary>
internal static class HostilePng
{
    /// <summary>First column, first row, and steps of each pass (Adam7).</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static byte[] Flat(int width, int height, byte depth, byte colorType) =>
        Encode(width, height, depth, colorType, interlaced: false, (RowLength(width, depth, colorType) + 1L) * height);

    /// <summary>With colors and alpha.</summary>
    public static byte[] Interlaced(int side, byte depth) => Encode(side, side, depth, colorType: 6, interlaced: true, Passes.Sum(pass =>
        (RowLength((side - pass.X + pass.StepX - 1) / pass.StepX, depth, 6) + 1L) * ((side - pass.Y + pass.StepY - 1) / pass.StepY)));

    /// <summary>A small image with the same chunk many times.</summary>
    public static byte[] WithChunks(string type, int count, byte[] content)
    {
        byte[] png = Flat(8, 8, 8, 6), chunk = Chunk(type, content);
        return [.. png[..33], .. Enumerable.Repeat(chunk, count).SelectMany(bytes => bytes), .. png[33..]];
    }

    /// <summary>Zeros, compressed.</summary>
    public static byte[] Bomb(long length)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (; length > 0; length -= zeros.Length)
                zlib.Write(zeros, 0, (int)Math.Min(length, zeros.Length));
        }
        return compressed.ToArray();
    }

    private static byte[] Encode(int width, int height, byte depth, byte colorType, bool interlaced, long length)
    {
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, depth, colorType, 0, 0, (byte)(interlaced ? 1 : 0)];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        return [0x89, .. "PNG\r\n"u8, 26, 10, .. Chunk("IHDR", header), .. Chunk("IDAT", Bomb(length)), .. Chunk("IEND", [])];
    }

    private static int RowLength(int width, byte depth, byte colorType) => (int)((long)width * depth * (colorType == 6 ? 4 : 1) + 7 >> 3);

    private static byte[] Chunk(string type, byte[] content) => TinyPng.Chunk(Encoding.ASCII.GetBytes(type), content);
}
