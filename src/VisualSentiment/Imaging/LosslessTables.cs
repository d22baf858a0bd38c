using System.Collections;

namespace VisualSentiment.Imaging;

/// <summary>
/// Counts the groups of prefix codes in a lossless WebP (RFC 9649, section 3). libwebp allocates 12 to 21 kB for each,
/// and a file of 300 kB can have 65,536. Reads everything before the codes themselves, but no pixels.
/// </summary>
internal ref struct LosslessTables
{
    private const int Predictor = 0, CrossColor = 1, ColorIndexing = 3;
    private const int Literals = 256, LengthCodes = 24, DistanceCodes = 40, MaxCodeLength = 15;

    /// <summary>Above this number, libwebp counts only the groups in use.</summary>
    private const int MaxUnusedGroups = 1000;

    // The tables of a group without the color cache, and the structure around them.
    private const int TableEntries = 2954, EntryBytes = 4, GroupBytes = 600;

    private static ReadOnlySpan<byte> CodeLengthOrder =>
        [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private readonly ReadOnlySpan<byte> _bytes;
    private long _position;

    private LosslessTables(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    private readonly bool IsAtEnd => _position > 8L * _bytes.Length;

    /// <summary>The bytes that libwebp allocates for the tables.</summary>
    /// <param name="stream">The image without its 5-byte header.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    public static long CountBytes(ReadOnlySpan<byte> stream, int width, int height)
    {
        var reader = new LosslessTables(stream);
        width = reader.SkipTransforms(width, height);
        int cacheBits = reader.Read(1) == 1 ? reader.Read(4) : 0;
        int groups = reader.Read(1) == 0 ? 1 : reader.CountGroups(width, height);
        return groups * ((TableEntries + (cacheBits == 0 ? 0 : 1L << cacheBits)) * EntryBytes + GroupBytes);
    }

    /// <returns>The width after pixels have been packed together.</returns>
    private int SkipTransforms(int width, int height)
    {
        // Each of the four transforms can occur once.
        for (int i = 0; i < 4 && Read(1) == 1; i++)
        {
            int kind = Read(2);
            if (kind is Predictor or CrossColor)
            {
                SkipImage(height, width, Read(3) + 2);
            }
            else if (kind == ColorIndexing)
            {
                int colors = Read(8) + 1;
                SkipImage(1, colors, shift: 0);
                width = Subsample(width, colors > 16 ? 0 : colors > 4 ? 1 : colors > 2 ? 2 : 3);
            }
        }
        return width;
    }

    private int CountGroups(int width, int height)
    {
        var used = new BitArray(1 << 16);
        SkipImage(height, width, Read(3) + 2, used);
        int last = used.Length - 1;
        while (last > 0 && !used[last])
            last--;
        return last < MaxUnusedGroups ? last + 1 : used.OfType<bool>().Count(isUsed => isUsed);
    }

    /// <summary>Skips an image that has one group of codes.</summary>
    /// <param name="height">The height of the whole image.</param>
    /// <param name="width">The width of the whole image.</param>
    /// <param name="shift">The binary logarithm of the factor by which this image is smaller in each direction.</param>
    /// <param name="used">Receives the 16-bit values of red and green. Copies only repeat earlier values.</param>
    private void SkipImage(int height, int width, int shift, BitArray? used = null)
    {
        long pixels = (long)Subsample(width, shift) * Subsample(height, shift);
        int cacheSize = Read(1) == 1 ? 1 << Read(4) : 0;
        ushort[] green = ReadCode(Literals + LengthCodes + cacheSize), red = ReadCode(Literals), blue = ReadCode(Literals),
            alpha = ReadCode(Literals), distance = ReadCode(DistanceCodes);
        for (long pixel = 0; pixel < pixels && !IsAtEnd; pixel++)
        {
            int symbol = ReadSymbol(green);
            if (symbol < Literals)
            {
                int group = ReadSymbol(red) << 8 | symbol;
                used?.Set(group, true);
                _ = ReadSymbol(blue);
                _ = ReadSymbol(alpha);
            }
            else if (symbol < Literals + LengthCodes)
            {
                pixel += ReadPrefixed(symbol - Literals) - 1;
                _ = ReadPrefixed(ReadSymbol(distance));
            }
        }
    }

    private int ReadPrefixed(int prefix)
    {
        if (prefix < 4)
            return prefix + 1;
        int extra = (prefix - 2) >> 1;
        return ((2 + (prefix & 1)) << extra) + Read(extra) + 1;
    }

    /// <inheritdoc cref="CreateCode"/>
    private ushort[] ReadCode(int alphabet)
    {
        byte[] lengths = new byte[alphabet];
        if (Read(1) == 1)
        {
            bool hasTwo = Read(1) == 1;
            // libwebp rejects symbols outside of the alphabet.
            lengths[Math.Min(Read(Read(1) == 1 ? 8 : 1), alphabet - 1)] = 1;
            if (hasTwo)
                lengths[Math.Min(Read(8), alphabet - 1)] = 1;
            return CreateCode(lengths);
        }
        byte[] codeLengths = new byte[CodeLengthOrder.Length];
        for (int i = 0, count = Read(4) + 4; i < Math.Min(count, codeLengths.Length); i++)
            codeLengths[CodeLengthOrder[i]] = (byte)Read(3);
        ushort[] code = CreateCode(codeLengths);
        int symbols = Read(1) == 1 ? 2 + Read(2 + 2 * Read(3)) : alphabet;
        byte previous = 8;
        for (int i = 0; i < alphabet && symbols-- > 0 && !IsAtEnd;)
        {
            int symbol = ReadSymbol(code);
            if (symbol is > 0 and < 16)
                previous = (byte)symbol;
            int repeat = symbol switch { 16 => 3 + Read(2), 17 => 3 + Read(3), 18 => 11 + Read(7), _ => 1 };
            int end = Math.Min(alphabet, i + repeat);
            lengths.AsSpan(i..end).Fill(symbol is 0 or > 16 ? (byte)0 : previous);
            i = end;
        }
        return CreateCode(lengths);
    }

    private int ReadSymbol(ushort[] code)
    {
        int symbol = code[0];
        for (int bits = 1, length = 0; symbol == 0 && length < MaxCodeLength; length++)
        {
            bits = bits << 1 | Read(1);
            symbol = code[bits];
        }
        return Math.Max(0, symbol - 1);
    }

    private int Read(int bits)
    {
        int value = 0;
        for (int i = 0; i < bits; i++, _position++)
        {
            int at = (int)(_position >> 3);
            if (at < _bytes.Length)
                value |= (_bytes[at] >> (int)(_position & 7) & 1) << i;
        }
        return value;
    }

    private static int Subsample(int size, int shift) => (size + (1 << shift) - 1) >> shift;

    /// <summary>A canonical prefix code: symbols + 1 by codeword with a leading 1; at 0, that of an empty codeword.</summary>
    private static ushort[] CreateCode(ReadOnlySpan<byte> lengths)
    {
        ushort[] code = new ushort[2 << MaxCodeLength];
        int next = 1, symbols = 0, last = 0;
        for (int length = 1; length <= MaxCodeLength; length++)
        {
            next <<= 1;
            for (int symbol = 0; symbol < lengths.Length; symbol++)
                if (lengths[symbol] == length)
                {
                    // Damaged codes may have too many codewords.
                    code[Math.Min(next++, code.Length - 1)] = (ushort)(symbol + 1);
                    (symbols, last) = (symbols + 1, symbol);
                }
        }
        if (symbols <= 1)
            code[0] = (ushort)(last + 1);
        return code;
    }
}
