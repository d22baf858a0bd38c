using System.Buffers;
using System.Buffers.Binary;

namespace VisualSentiment.Evaluation.Statistics;

/// <summary>The outcome of one test of one image, in nine bytes.</summary>
/// <param name="Image">Identifies the image, the same in every run.</param>
/// <param name="Correct">The models that were correct.</param>
internal readonly record struct ImageOutcome(ulong Image, CorrectModels Correct)
{
    private const int Size = sizeof(ulong) + 1;

    public void Write(IBufferWriter<byte> packed)
    {
        Span<byte> bytes = packed.GetSpan(Size);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Image);
        bytes[sizeof(ulong)] = (byte)Correct;
        packed.Advance(Size);
    }

    public static int Count(byte[] packed) => packed.Length / Size;

    public static IEnumerable<ImageOutcome> Read(byte[] packed)
    {
        for (int at = 0; at + Size <= packed.Length; at += Size)
            yield return new ImageOutcome(
                BinaryPrimitives.ReadUInt64LittleEndian(packed.AsSpan(at)), (CorrectModels)packed[at + sizeof(ulong)]);
    }

    /// <summary>1 if the model was correct, otherwise 0.</summary>
    public int IsCorrect(CorrectModels model) => (Correct & model) != 0 ? 1 : 0;
}

/// <summary>The models whose prediction is the label.</summary>
[Flags]
internal enum CorrectModels : byte
{
    None = 0,
    Teacher = 1,
    Student = 2,
    HardLabels = 4,
    PretrainedHardLabels = 8,
}
