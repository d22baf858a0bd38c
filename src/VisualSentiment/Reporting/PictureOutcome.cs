using System.Buffers;
using System.Buffers.Binary;

namespace VisualSentiment.Reporting;

/// <summary>What came of one test of one picture; all that pairing needs, in nine bytes.</summary>
/// <param name="Picture">Tells the picture from others, the same in every run that tests it.</param>
/// <param name="Right">Which models were right.</param>
internal readonly record struct PictureOutcome(ulong Picture, RightModels Right)
{
    private const int Size = sizeof(ulong) + 1;

    public void Write(IBufferWriter<byte> packed)
    {
        Span<byte> bytes = packed.GetSpan(Size);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Picture);
        bytes[sizeof(ulong)] = (byte)Right;
        packed.Advance(Size);
    }

    public static int Count(byte[] packed) => packed.Length / Size;

    public static IEnumerable<PictureOutcome> Read(byte[] packed)
    {
        for (int at = 0; at + Size <= packed.Length; at += Size)
            yield return new PictureOutcome(BinaryPrimitives.ReadUInt64LittleEndian(packed.AsSpan(at)), (RightModels)packed[at + sizeof(ulong)]);
    }

    /// <summary>Who was right, as a number that differences can be taken of.</summary>
    public int IsRight(RightModels model) => (Right & model) != 0 ? 1 : 0;
}
