using System.Buffers.Binary;

namespace VisualSentiment.Onnx.Files;

/// <summary>
/// The list of entries at the end of a zip file. .NET makes an object of each of them before it compares their number
/// with the one that the file states.
/// </summary>
internal static class ZipDirectory
{
    /// <summary>A pipeline of ML.NET has about five entries for each of its steps.</summary>
    public const int MaxEntries = 4096;

    private const int EndLength = 22, HeaderLength = 46, MaxComment = ushort.MaxValue;

    private static ReadOnlySpan<byte> EndMark => "PK\x5\x6"u8;

    private static ReadOnlySpan<byte> HeaderMark => "PK\x1\x2"u8;

    /// <summary>Counts the entries. The stream may stand anywhere afterwards.</summary>
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
        // Larger files have a second list, and numbers of all ones here.
        if (BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(at + 10)) == ushort.MaxValue || offset == uint.MaxValue)
            throw new InvalidGraphException("it is a zip file of 4 GB or of 65,535 entries or more",
                "save the student alone with SaveAsOnnx");

        if (offset > file.Length)
            throw new InvalidDataException("its list of entries begins behind its end");
        file.Position = offset;
        Span<byte> header = stackalloc byte[HeaderLength];
        for (int entries = 0; file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) == HeaderLength
            && header.StartsWith(HeaderMark);)
        {
            if (++entries > MaxEntries)
                throw new InvalidGraphException($"it is a zip file of more than {MaxEntries} entries", "save the student alone with SaveAsOnnx");
            file.Position += BinaryPrimitives.ReadUInt16LittleEndian(header[28..])
                + BinaryPrimitives.ReadUInt16LittleEndian(header[30..])
                + BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        }
        file.Position = 0;
    }
}
