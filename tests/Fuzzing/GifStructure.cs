using System.Buffers.Binary;

namespace VisualSentiment.Fuzzing;

/// <summary>Mutations of a GIF's screen and frames.</summary>
internal static class GifStructure
{
    private const byte ImageSeparator = 0x2C;
    private const int DescriptorLength = 10;

    private static readonly ushort[] Numbers = [0, 1, 2, 255, 1_000, 14_142, 32_767, 65_535];

    public static byte[] Mutate(byte[] input, Random random)
    {
        if (input.Length < 13 + DescriptorLength)
            return input;
        byte[] output = [.. input];
        int frame = input.AsSpan(13).IndexOf(ImageSeparator) + 13;
        switch (random.Next(5))
        {
            case 0:
                BinaryPrimitives.WriteUInt16LittleEndian(output.AsSpan(6 + 2 * random.Next(2)), Number(random));
                return output;
            case 1:
                output[random.Next(10, 13)] = (byte)random.Next(256);
                return output;
            case 2 when frame >= 13 && frame + DescriptorLength < input.Length:
                // Left, top, width and height of the frame.
                BinaryPrimitives.WriteUInt16LittleEndian(output.AsSpan(frame + 1 + 2 * random.Next(4)), Number(random));
                return output;
            case 3 when frame >= 13 && frame + DescriptorLength < input.Length:
                // Flags of the frame, or the size of the first LZW code.
                output[frame + random.Next(9, 11)] = (byte)random.Next(256);
                return output;
            case 4 when frame >= 13:
                var frames = Enumerable.Repeat(input[frame..^1], random.Next(1, 200)).SelectMany(bytes => bytes);
                return [.. input[..^1], .. frames, input[^1]];
            default:
                return output;
        }
    }

    private static ushort Number(Random random) => Numbers[random.Next(Numbers.Length)];
}
