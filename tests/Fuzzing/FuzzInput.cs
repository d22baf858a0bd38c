using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VisualSentiment.Fuzzing;

/// <summary>
/// The mutations of a format: the same seed, seed files and index give the same bytes on every machine.
/// </summary>
internal static class FuzzInput
{
    private const int MaxSteps = 4;

    /// <summary>The maximum length of a file; longer ones are cut.</summary>
    private const int MaxBytes = 4 << 20;

    public static byte[] Create(FuzzFormat format, IReadOnlyList<byte[]> seeds, int seed, long index)
    {
        var random = new Random(BinaryPrimitives.ReadInt32LittleEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{format.Name} {seed} {index}")))));
        byte[] input = seeds[random.Next(seeds.Count)];
        for (int steps = random.Next(1, MaxSteps + 1); steps > 0; steps--)
        {
            input = random.Next(2) == 0 ? format.MutateStructure(input, random)
                : ByteMutator.Mutate(input, seeds[random.Next(seeds.Count)], random);
            if (input.Length > MaxBytes)
                input = input[..MaxBytes];
        }
        return input;
    }
}
