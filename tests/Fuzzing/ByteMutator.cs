using System.Buffers.Binary;

namespace VisualSentiment.Fuzzing;

/// <summary>Mutations of bytes, independent of the format.</summary>
internal static class ByteMutator
{
    /// <summary>Values at which sizes and counts overflow, wrap or become too large.</summary>
    private static readonly long[] Extremes =
    [
        0, 1, 2, 7, 8, 127, 128, 255, 256, 4096, 14_142, 16_383, 16_384, 32_767, 32_768, 65_535, 65_536,
        0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, -1, -2, long.MinValue, long.MaxValue,
    ];

    /// <summary>Returns a changed copy of a file.</summary>
    /// <param name="input">The file.</param>
    /// <param name="other">Another file of the same format, to splice with.</param>
    /// <param name="random">The source of the changes.</param>
    public static byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        if (input.Length == 0)
            return other;
        byte[] output = [.. input];
        int at = random.Next(input.Length);
        int length = random.Next(1, Math.Min(input.Length - at, 1 << random.Next(1, 13)) + 1);
        switch (random.Next(9))
        {
            case 0:
                output[at] ^= (byte)(1 << random.Next(8));
                return output;
            case 1:
                output[at] = random.Next(3) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
                return output;
            case 2:
                output.AsSpan(at, length).Fill((byte)(random.Next(2) == 0 ? 0 : random.Next(256)));
                return output;
            case 3:
                random.NextBytes(output.AsSpan(at, Math.Min(length, 16)));
                return output;
            case 4:
                return output[..at];
            case 5:
                byte[] inserted = new byte[random.Next(1, 32)];
                random.NextBytes(inserted);
                return [.. input[..at], .. inserted, .. input[at..]];
            case 6:
                int copies = random.Next(8) == 0 ? random.Next(2, 64) : 1;
                byte[] block = input[at..(at + length)];
                return [.. input[..at], .. Enumerable.Repeat(block, copies).SelectMany(bytes => bytes), .. input[at..]];
            case 7:
                return [.. input[..at], .. other[random.Next(other.Length + 1)..]];
            default:
                WriteInteger(output, at, Extreme(random), random);
                return output;
        }
    }

    public static long Extreme(Random random) => Extremes[random.Next(Extremes.Length)];

    /// <summary>Writes an integer of one to eight bytes in either byte order, as far as it fits.</summary>
    public static void WriteInteger(byte[] output, int at, long value, Random random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        int size = 1 << random.Next(4);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes = bytes[..size];
        if (random.Next(2) == 0)
            bytes.Reverse();
        bytes[..Math.Min(size, output.Length - at)].CopyTo(output.AsSpan(at));
    }
}
