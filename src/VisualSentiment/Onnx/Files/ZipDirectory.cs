using System.Buffers.Binary;

namespace VisualSentiment.Onnx.Files;

/// <summary>
/// Counts the entries of a zip file. .NET creates an object for each entry before it compares their number with the
/// stated one.
/// </summary>
internal static class ZipDirectory
{
    /// <summary>An ML.NET pipeline has about five entries per step.</summary>
    public const int MaxEntries = 4096;

    private const int EndLength = 22, HeaderLength = 46, MaxComment = ushort.MaxValue;

    private static ReadOnlySpan<byte> EndMark => "PK\x5\x6"u8;

    private static ReadOnlySpan<byte> HeaderMark => "PK\x1\x2"u8;

    /// <summary>Validates the number of entries. The position of the stream is undefined afterwards.</summary>
    /// <exception cref="InvalidGraphException">There are more than <see cref="MaxEntries"/>.</exception>
    /// <exception cref="InvalidDataException">The list is damaged.</exception>
    public static void ThrowIfLarge(Stream file)
    {
        byte[] end = new byte[Math.Min(file.Length, EndLength + MaxComment)];
        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        int at = end.AsSpan().LastIndexOf(EndMark);
        if (at < 0 || at > end.Length - EndLength)
            throw new InvalidDataException("its list of entries is missing");
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(at + 16));
        // Larger files have a second list, and all bits set here.
        if (BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(at + 10)) == ushort.MaxValue || offset == uint.MaxValue)
            throw new InvalidGraphException("it is a zip file with 4 GB or 65,535 entries or more",
                "save the student alone with SaveAsOnnx");

        if (offset > file.Length)
            throw new InvalidDataException("its list of entries begins after its end");
        file.Position = offset;
        Span<byte> header = stackalloc byte[HeaderLength];
        for (int entries = 0; file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) == HeaderLength
            && header.StartsWith(HeaderMark);)
        {
            if (++entries > MaxEntries)
                throw new InvalidGraphException($"it is a zip file with more than {MaxEntries} entries", "save the student alone with SaveAsOnnx");
            file.Position += BinaryPrimitives.ReadUInt16LittleEndian(header[28..])
                + BinaryPrimitives.ReadUInt16LittleEndian(header[30..])
                + BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        }
        file.Position = 0;
    }
}

/// <summary>The checksum of zip files (CRC-32, ISO 3309).</summary>
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
