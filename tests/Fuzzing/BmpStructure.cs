using System.Buffers.Binary;

namespace VisualSentiment.Fuzzing;

/// <summary>Mutations of a BMP's headers.</summary>
internal static class BmpStructure
{
    // File size, offset of the pixels, size of the header, width, height, compression, size of the pixels, colors.
    private static readonly int[] Integers = [2, 10, 14, 18, 22, 30, 34, 46, 50];

    private static readonly int[] Sides = [0, 1, 2, 255, 14_142, 65_535, -1, -14_142, int.MinValue, int.MaxValue];

    public static byte[] Mutate(byte[] input, Random random)
    {
        if (input.Length < 54)
            return input;
        byte[] output = [.. input];
        switch (random.Next(4))
        {
            case 0:
                int side = 18 + 4 * random.Next(2);
                BinaryPrimitives.WriteInt32LittleEndian(output.AsSpan(side), Sides[random.Next(Sides.Length)]);
                break;
            case 1:
                long depth = random.Next(2) == 0 ? random.Next(65) : ByteMutator.Extreme(random);
                BinaryPrimitives.WriteUInt16LittleEndian(output.AsSpan(28), (ushort)depth);
                break;
            case 2:
                BinaryPrimitives.WriteInt32LittleEndian(output.AsSpan(30), random.Next(8));
                break;
            default:
                int integer = Integers[random.Next(Integers.Length)];
                BinaryPrimitives.WriteInt32LittleEndian(output.AsSpan(integer), (int)ByteMutator.Extreme(random));
                break;
        }
        return output;
    }
}
