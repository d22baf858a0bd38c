using System.Buffers.Binary;
using System.Text;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// Part of <see cref="RelaxedShim"/>: edits the symbol versions that an ELF64 little-endian shared object requires of
/// its dependencies (System V ABI, dynamic section; LSB, symbol versioning).
/// </summary>
internal static class ElfVersionNeeds
{
    private const int ProgramHeaderLoad = 1, ProgramHeaderDynamic = 2;
    private const long DynamicStringTable = 5, DynamicVersionNeeds = 0x6ffffffe, DynamicVersionNeedCount = 0x6fffffff;
    private const ushort FlagWeak = 0x2;

    /// <summary>The size of a <c>Verneed</c> and of a <c>Vernaux</c> entry in bytes.</summary>
    private const int EntrySize = 16;

    /// <summary>
    /// Marks the requirement of a version as weak, so that the loader accepts a dependency without it. Returns false,
    /// with the image unchanged, if the image is not such a file or does not require the version.
    /// </summary>
    public static bool MarkWeak(Span<byte> image, string version)
    {
        try
        {
            if (FindRequirement(image, version) is not { } flags)
                return false;
            ushort current = BinaryPrimitives.ReadUInt16LittleEndian(image[flags..]);
            BinaryPrimitives.WriteUInt16LittleEndian(image[flags..], (ushort)(current | FlagWeak));
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false; // an offset that points outside the file
        }
    }

    private static int? FindRequirement(ReadOnlySpan<byte> image, string version)
    {
        if (image.Length < 64 || !image.StartsWith("\u007fELF\u0002\u0001"u8))
            return null;

        List<(long Address, long Offset, long Size)> segments = [];
        int dynamic = -1, dynamicSize = 0;
        int table = (int)Long(image, 32), entrySize = Short(image, 54), entries = Short(image, 56);
        for (int i = 0, at = table; i < entries; i++, at += entrySize)
        {
            int type = Int(image, at);
            (long offset, long address, long size) = (Long(image, at + 8), Long(image, at + 16), Long(image, at + 32));
            if (type == ProgramHeaderLoad)
                segments.Add((address, offset, size));
            if (type == ProgramHeaderDynamic)
                (dynamic, dynamicSize) = ((int)offset, (int)size);
        }
        if (dynamic < 0)
            return null;

        long strings = 0, needs = 0, needCount = 0;
        for (int at = dynamic; at < (long)dynamic + dynamicSize; at += 16)
        {
            long value = Long(image, at + 8);
            switch (Long(image, at))
            {
                case DynamicStringTable: strings = value; break;
                case DynamicVersionNeeds: needs = value; break;
                case DynamicVersionNeedCount: needCount = value; break;
            }
        }
        if (strings == 0 || needs == 0)
            return null;

        int stringsAt = FileOffset(segments, strings);
        byte[] wanted = [.. Encoding.ASCII.GetBytes(version), 0];
        // A damaged file may state more entries than fit into it, or link them in a circle.
        int left = image.Length / EntrySize;
        for (int file = 0, at = FileOffset(segments, needs); file < needCount && left-- > 0; file++)
        {
            int aux = at + Int(image, at + 8);
            for (int i = 0; i < Short(image, at + 2) && left-- > 0; i++)
            {
                if (image[(stringsAt + Int(image, aux + 8))..].StartsWith(wanted))
                    return aux + 4;
                aux += Int(image, aux + 12);
            }
            at += Int(image, at + 12);
        }
        return null;
    }

    private static int FileOffset(List<(long Address, long Offset, long Size)> segments, long address)
    {
        foreach (var segment in segments)
            if (address >= segment.Address && address < segment.Address + segment.Size)
                return (int)(address - segment.Address + segment.Offset);
        return -1;
    }

    private static ushort Short(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image[at..]);

    private static int Int(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadInt32LittleEndian(image[at..]);

    private static long Long(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadInt64LittleEndian(image[at..]);
}
