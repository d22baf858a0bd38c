namespace VisualSentiment.Onnx.Files;

/// <summary>The checksum of zip files, CRC-32 of ISO 3309.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i =>
    {
        uint value = (uint)i;
        for (int bit = 0; bit < 8; bit++)
            value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
        return value;
    })];

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint value = uint.MaxValue;
        foreach (byte b in bytes)
            value = Table[(byte)(value ^ b)] ^ (value >> 8);
        return ~value;
    }
}
