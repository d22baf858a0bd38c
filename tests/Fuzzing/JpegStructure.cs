using System.Buffers.Binary;

namespace VisualSentiment.Fuzzing;

/// <summary>Mutations of a JPEG's segments.</summary>
internal static class JpegStructure
{
    private const byte StartOfScan = 0xDA;

    private static readonly int[] Sides = [0, 1, 8, 17, 255, 1_000, 4_096, 8_000, 14_142, 32_767, 65_500, 65_535];

    public static byte[] Mutate(byte[] input, Random random)
    {
        List<(int Start, int End)> segments = Find(input);
        if (segments.Count == 0)
            return input;
        byte[] output = [.. input];
        var (start, end) = segments[random.Next(segments.Count)];
        int[] Starts(Func<byte, bool> isOne) =>
            [.. segments.Select(segment => segment.Start).Where(at => isOne(input[at + 1]))];
        int[] frames = Starts(marker => marker is 0xC0 or 0xC1 or 0xC2);
        int[] scans = Starts(marker => marker == StartOfScan);
        switch (random.Next(9))
        {
            case 0 or 8 when frames.Length > 0:
                // FF C0, length, precision, height, width
                foreach (int offset in random.Next(4) switch { 0 => [5], 1 => [7], _ => (int[])[5, 7] })
                    WriteSide(output, frames[0] + offset, Sides[random.Next(Sides.Length)]);
                return output;
            case 1 when frames.Length > 0:
                output[frames[0] + 1] = (byte)(0xC0 + random.Next(16));
                return output;
            case 2 when frames.Length > 0:
                output[Math.Min(frames[0] + random.Next(9, 20), input.Length - 1)] = (byte)random.Next(0x45);
                return output;
            case 3 when scans.Length > 0:
                // Repeats the scan, with its data or empty.
                int scan = scans[random.Next(scans.Length)];
                int header = scan + 2 + BinaryPrimitives.ReadUInt16BigEndian(input.AsSpan(scan + 2));
                int last = random.Next(2) == 0 ? header : EndOfScan(input, header);
                byte[] again = input[scan..Math.Min(input.Length, last)];
                int copies = random.Next(16) == 0 ? random.Next(100, 2_000) : random.Next(1, 20);
                var repeated = Enumerable.Repeat(again, copies).SelectMany(bytes => bytes);
                return [.. input[..scan], .. repeated, .. input[scan..]];
            case 4:
                return [.. input[..start], .. input[end..]];
            case 5:
                return [.. input[..end], .. input[start..end], .. input[end..]];
            case 6:
                BinaryPrimitives.WriteUInt16BigEndian(output.AsSpan(start + 2), (ushort)ByteMutator.Extreme(random));
                return output;
            default:
                output[random.Next(start + 1, end)] = (byte)random.Next(256);
                return output;
        }
    }

    private static void WriteSide(byte[] output, int at, int side)
    {
        if (at + sizeof(ushort) <= output.Length)
            BinaryPrimitives.WriteUInt16BigEndian(output.AsSpan(at), (ushort)side);
    }

    // The segments that have a length, up to the first byte that starts none.
    private static List<(int Start, int End)> Find(byte[] input)
    {
        List<(int, int)> segments = [];
        for (int at = 2; at + 4 <= input.Length && input[at] == 0xFF;)
        {
            int end = at + 2 + BinaryPrimitives.ReadUInt16BigEndian(input.AsSpan(at + 2));
            if (end > input.Length || end < at + 4)
                break;
            segments.Add((at, end));
            at = input[at + 1] == StartOfScan ? EndOfScan(input, end) : end;
        }
        return segments;
    }

    private static int EndOfScan(byte[] input, int at)
    {
        // FF 00 is data, FF D0 to FF D7 are restarts.
        while (at + 1 < input.Length && !(input[at] == 0xFF && input[at + 1] is not (0 or >= 0xD0 and <= 0xD7)))
            at++;
        return at;
    }
}
