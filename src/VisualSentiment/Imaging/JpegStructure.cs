using System.Buffers.Binary;

namespace VisualSentiment.Imaging;

/// <summary>The frame and the scans of a JPEG, found by one pass over its markers (ITU-T T.81, annex B).</summary>
internal readonly record struct JpegStructure
{
    private const int BlockSide = 8, CoefficientsPerBlock = 64;
    private const byte FirstFrame = 0xC0, LastFrame = 0xCF;
    private const byte HuffmanTables = 0xC4, Reserved = 0xC8, ArithmeticTables = 0xCC;
    private const byte FirstRestart = 0xD0, EndOfImage = 0xD9, StartOfScan = 0xDA;
    private const byte FirstApplication = 0xE0, LastApplication = 0xEF;
    private const int FrameHeaderLength = 10;

    private byte Frame { get; init; }

    /// <summary>The number of scans that the decoder reads.</summary>
    public int Scans { get; private init; }

    /// <summary>The bytes of application segments (EXIF, color profiles).</summary>
    public long MetadataBytes { get; private init; }

    /// <summary>The bytes of the 16-bit coefficients of all components.</summary>
    public long CoefficientBytes { get; private init; }

    /// <summary>Whether the first scan does not contain all components.</summary>
    private bool IsSplit { get; init; }

    /// <summary>Whether the decoder keeps the coefficients of the whole image, regardless of the decoded size.</summary>
    public bool HoldsCoefficients => IsProgressive || IsSplit;

    public bool IsArithmetic => Frame > Reserved;

    public string Kind => (IsArithmetic ? "an arithmetic-coded " : "a ")
        + (IsProgressive ? "progressive " : IsSplit ? "non-interleaved " : "") + "JPEG";

    private bool IsProgressive => (Frame & 3) == 2;

    /// <summary>
    /// Reads the markers. In damaged data it finds at least the scans that libjpeg finds: it skips segments by their
    /// length exactly where libjpeg does.
    /// </summary>
    public static JpegStructure Read(ReadOnlySpan<byte> jpeg)
    {
        var result = new JpegStructure();
        int components = 0, scans = 0;
        long metadata = 0;
        for (var rest = jpeg[2..]; rest.IndexOf((byte)0xFF) is var found and >= 0;)
        {
            // Any number of bytes 0xFF may precede a marker; 0xFF00 is a byte of data.
            rest = rest[found..].TrimStart((byte)0xFF);
            if (rest.IsEmpty || rest[0] == EndOfImage)
                break;
            byte marker = rest[0];
            rest = rest[1..];
            if (marker is < FirstFrame or >= FirstRestart and < EndOfImage)
                continue;
            int length = rest.Length < 2 ? 2 : Math.Max((ushort)2, BinaryPrimitives.ReadUInt16BigEndian(rest));
            var segment = rest[..Math.Min(length, rest.Length)];
            rest = rest[segment.Length..];
            if (marker == StartOfScan && segment.Length > 2)
            {
                if (scans++ == 0)
                    result = result with { IsSplit = segment[2] < components };
                // libjpeg decodes such an image row by row, and rejects a second scan.
                if (!result.HoldsCoefficients)
                    break;
            }
            else if (marker is >= FirstApplication and <= LastApplication)
            {
                metadata += length;
            }
            else if (marker is <= LastFrame and not (HuffmanTables or Reserved or ArithmeticTables)
                && components == 0 && segment.Length > FrameHeaderLength)
            {
                components = segment[7];
                result = result with { Frame = marker, CoefficientBytes = Coefficients(segment) };
            }
        }
        return result with { Scans = Math.Max(1, scans), MetadataBytes = metadata };
    }

    private static long Coefficients(ReadOnlySpan<byte> frame)
    {
        int height = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(frame[5..]);
        var components = frame[8..];
        int maxAcross = 1, maxDown = 1;
        for (int i = 1; i < components.Length; i += 3)
            (maxAcross, maxDown) = (Math.Max(maxAcross, components[i] >> 4), Math.Max(maxDown, components[i] & 15));
        // libjpeg allocates whole groups of interleaved blocks.
        long groups = (long)DivideUp(width, BlockSide * maxAcross) * DivideUp(height, BlockSide * maxDown), blocks = 0;
        for (int i = 1; i < components.Length; i += 3)
            blocks += groups * (components[i] >> 4) * (components[i] & 15);
        return blocks * CoefficientsPerBlock * sizeof(short);
    }

    private static int DivideUp(int value, int divisor) => (value + divisor - 1) / divisor;
}
