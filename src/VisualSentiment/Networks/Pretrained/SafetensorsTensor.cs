namespace VisualSentiment.Networks.Pretrained;

/// <summary>What the header says about one tensor.</summary>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Offset">Where it begins, in bytes from the end of the header.</param>
/// <param name="ByteCount">How long it is, in bytes.</param>
internal sealed record SafetensorsTensor(SafetensorsType Type, long[] Shape, long Offset, long ByteCount)
{
    /// <summary>Bytes that one element of <paramref name="type"/> takes.</summary>
    public static int SizeOf(SafetensorsType type) => type switch
    {
        SafetensorsType.F16 or SafetensorsType.BF16 => 2,
        SafetensorsType.F32 => 4,
        SafetensorsType.I64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
