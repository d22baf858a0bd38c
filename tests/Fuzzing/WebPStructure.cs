using System.Buffers.Binary;

namespace VisualSentiment.Fuzzing;

/// <summary>Mutations of a WebP's chunks, with consistent lengths.</summary>
internal static class WebPStructure
{
    private const int HeaderLength = 12;

    private static readonly int[] Sides = [1, 2, 255, 1_000, 4_096, 14_142, 16_383, 16_384];

    public static byte[] Mutate(byte[] input, Random random)
    {
        List<byte[]> chunks = Split(input);
        if (chunks.Count == 0)
            return input;
        int at = random.Next(chunks.Count);
        byte[] chunk = chunks[at], content = chunk[8..];
        switch (random.Next(6))
        {
            case 0 or 1 when SetSize(chunk, Sides[random.Next(Sides.Length)], Sides[random.Next(Sides.Length)]):
                break;
            case 2:
                chunks.RemoveAt(at);
                break;
            case 3:
                chunks.Insert(at, chunk);
                break;
            case 4:
                BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), (int)ByteMutator.Extreme(random));
                break;
            default:
                content = ByteMutator.Mutate(content, [0], random);
                chunks[at] = [.. chunk[..4], .. Bytes(content.Length), .. content];
                break;
        }
        byte[] body = [.. chunks.SelectMany(c => c.Length % 2 == 0 ? c : [.. c, 0])];
        return [.. "RIFF"u8, .. Bytes(body.Length + 4), .. "WEBP"u8, .. body];
    }

    private static bool SetSize(byte[] chunk, int width, int height)
    {
        if (chunk.AsSpan().StartsWith("VP8 "u8) && chunk.Length >= 18)
        {
            // Three bytes of a frame tag and three of a start code come first.
            BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(14), (ushort)(width & 0x3FFF));
            BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(16), (ushort)(height & 0x3FFF));
            return true;
        }
        if (chunk.AsSpan().StartsWith("VP8L"u8) && chunk.Length >= 13)
        {
            uint rest = BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(9)) & 0xF000_0000;
            uint size = (uint)(width - 1) & 0x3FFF | ((uint)(height - 1) & 0x3FFF) << 14;
            BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(9), rest | size);
            return true;
        }
        if (chunk.AsSpan().StartsWith("VP8X"u8) && chunk.Length >= 18)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(12), (ushort)(width - 1));
            BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(15), (ushort)(height - 1));
            return true;
        }
        return false;
    }

    private static List<byte[]> Split(byte[] input)
    {
        List<byte[]> chunks = [];
        for (int at = HeaderLength; at + 8 <= input.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(input.AsSpan(at + 4));
            if (length > input.Length - at - 8)
                break;
            chunks.Add(input[at..(at + 8 + (int)length)]);
            at += 8 + (int)(length + length % 2);
        }
        return chunks;
    }

    private static byte[] Bytes(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
