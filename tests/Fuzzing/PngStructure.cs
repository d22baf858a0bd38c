using System.Buffers.Binary;
using System.IO.Compression;

namespace VisualSentiment.Fuzzing;

/// <summary>Mutations of a PNG's chunks, with valid checksums.</summary>
internal static class PngStructure
{
    private const int SignatureLength = 8, HeaderLength = 8, CrcLength = 4;

    private static readonly uint[] Sides =
        [0, 1, 2, 255, 1_000, 14_142, 65_535, 2_000_000, 199_999_999, 0x7FFF_FFFF, 0xFFFF_FFFF];

    public static byte[] Mutate(byte[] input, Random random)
    {
        List<byte[]> chunks = Split(input);
        if (chunks.Count == 0)
            return input;
        int at = random.Next(chunks.Count);
        byte[] chunk = chunks[at];
        switch (random.Next(7))
        {
            case 0 when chunks[0].Length >= 12:
                uint side = Sides[random.Next(Sides.Length)];
                BinaryPrimitives.WriteUInt32BigEndian(chunks[0].AsSpan(4 + 4 * random.Next(2)), side);
                break;
            case 1 when chunks[0].Length >= 17:
                chunks[0][random.Next(12, 17)] = (byte)random.Next(20);
                break;
            case 2:
                chunks.RemoveAt(at);
                break;
            case 3:
                chunks.InsertRange(at, Enumerable.Repeat(chunk, random.Next(8) == 0 ? random.Next(2, 500) : 1));
                break;
            case 4:
                (chunks[0], chunks[at]) = (chunks[at], chunks[0]);
                break;
            case 5 when chunks.FindIndex(c => c.AsSpan().StartsWith("IDAT"u8)) is >= 0 and var data:
                chunks[data] = [.. "IDAT"u8, .. Deflate(ByteMutator.Mutate(Inflate(chunks[data][4..]), [0], random))];
                break;
            default:
                chunks[at] = [.. chunk[..4], .. ByteMutator.Mutate(chunk[4..], [0], random)];
                break;
        }
        return Join(input, chunks);
    }

    // Type and content of each chunk.
    private static List<byte[]> Split(byte[] input)
    {
        List<byte[]> chunks = [];
        for (int at = SignatureLength; at + HeaderLength + CrcLength <= input.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(input.AsSpan(at));
            if (length > input.Length - at - HeaderLength - CrcLength)
                break;
            chunks.Add(input[(at + 4)..(at + HeaderLength + (int)length)]);
            at += HeaderLength + (int)length + CrcLength;
        }
        return chunks;
    }

    private static byte[] Join(byte[] input, List<byte[]> chunks)
    {
        using var png = new MemoryStream();
        png.Write(input.AsSpan(0, SignatureLength));
        byte[] number = new byte[4];
        foreach (byte[] chunk in chunks)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, chunk.Length - 4);
            png.Write(number);
            png.Write(chunk);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc(chunk));
            png.Write(number);
        }
        return png.ToArray();
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

    private static byte[] Inflate(byte[] data)
    {
        using var plain = new MemoryStream();
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
            byte[] block = new byte[1 << 16];
            for (int read; plain.Length < 1 << 20 && (read = zlib.Read(block)) > 0;)
                plain.Write(block, 0, read);
        }
        catch (InvalidDataException)
        {
            // The bytes before the damage are enough.
        }
        return plain.ToArray();
    }

    private static byte[] Deflate(byte[] plain)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest))
            zlib.Write(plain);
        return data.ToArray();
    }
}
