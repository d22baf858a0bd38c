using System.Buffers.Binary;
using System.IO.Compression;

namespace VisualSentiment.Tests.Imaging;

/// <summary>Writes PNGs of any color type and depth.</summary>
internal static class TinyPng
{
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="depth">Bits a sample: 8 or 16.</param>
    /// <param name="colorType">0 gray, 2 RGB, 3 palette, 6 RGBA.</param>
    /// <param name="samples">Rows of samples as they stand in the file, without filter bytes.</param>
    /// <param name="palette">Three bytes a color, for color type 3.</param>
    public static byte[] Encode(int width, int height, byte depth, byte colorType, byte[] samples, byte[]? palette = null)
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        png.Write(Chunk("IHDR"u8, [.. BigEndian((uint)width), .. BigEndian((uint)height), depth, colorType, 0, 0, 0]));
        if (palette is not null)
            png.Write(Chunk("PLTE"u8, palette));
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (byte[] row in samples.Chunk(Math.Max(1, samples.Length / height)))
                zlib.Write([0, .. row]);
        }
        png.Write(Chunk("IDAT"u8, compressed.ToArray()));
        png.Write(Chunk("IEND"u8, []));
        return png.ToArray();
    }

    /// <summary>A chunk with its length and checksum.</summary>
    public static byte[] Chunk(ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] typed = [.. type, .. content];
        return [.. BigEndian((uint)content.Length), .. typed, .. BigEndian(Crc(typed))];
    }

    private static byte[] BigEndian(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
        }
        return ~crc;
    }
}
