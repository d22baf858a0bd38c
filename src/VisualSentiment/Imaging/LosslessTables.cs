using System.Collections;

namespace VisualSentiment.Imaging;

/// <summary>
/// Finds how many groups of prefix codes a lossless WebP has (RFC 9649, section 3), since libwebp allocates 12 to 21 kB
/// for each: a file of 300 kB can have 65,536 of them. Everything before the codes themselves is read for it, but no
/// pixel.
/// </summary>
internal ref struct LosslessTables
{
    private const int Predictor = 0, CrossColor = 1, ColorIndexing = 3;
    private const int Literals = 256, LengthCodes = 24, DistanceCodes = 40;

    /// <summary>Above so many, libwebp counts those that are used.</summary>
    private const int MaxUnusedGroups = 1000;

    /// <summary>
    /// Entries of the tables of a group, without those of the colour cache, and the structure around them.
    /// </summary>
    private const int TableEntries = 2954, EntryBytes = 4, GroupBytes = 600;

    private static ReadOnlySpan<byte> CodeLengthOrder =>
        [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private readonly ReadOnlySpan<byte> _bytes;
    private long _position;

    private LosslessTables(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    private readonly bool IsAtEnd => _position > 8L * _bytes.Length;

    /// <summary>The bytes that libwebp allocates for the tables.</summary>
    /// <param name="stream">The image without its header of five bytes.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public static long CountBytes(ReadOnlySpan<byte> stream, int width, int height)
    {
        var reader = new LosslessTables(stream);
        var (groups, cacheBits) = reader.ReadGroups(width, height);
        return groups * ((TableEntries + (cacheBits == 0 ? 0 : 1L << cacheBits)) * EntryBytes + GroupBytes);
    }

    private (long Groups, int CacheBits) ReadGroups(int width, int height)
    {
        // Each of the four kinds of transforms may be there once.
        for (int i = 0; i < 4 && Read(1) == 1; i++)
        {
            int kind = Read(2);
            if (kind is Predictor or CrossColor)
            {
                SkipImage(height, width, Read(3) + 2, used: null);
            }
            else if (kind == ColorIndexing)
            {
                int colors = Read(8) + 1;
                SkipImage(1, colors, shift: 0, used: null);
                int packed = colors > 16 ? 0 : colors > 4 ? 1 : colors > 2 ? 2 : 3;
                width = Subsample(width, packed);
            }
        }
        int cacheBits = Read(1) == 1 ? Read(4) : 0;
        if (Read(1) == 0)
            return (1, cacheBits);
        var used = new BitArray(1 << 16);
        SkipImage(height, width, Read(3) + 2, used);
        int last = used.Length - 1;
        while (last > 0 && !used[last])
            last--;
        return (last < MaxUnusedGroups ? last + 1 : used.OfType<bool>().Count(isUsed => isUsed), cacheBits);
    }

    /// <summary>Reads an image that has one group of codes.</summary>
    /// <param name="height">Rows of the whole image.</param>
    /// <param name="width">Pixels of its rows.</param>
    /// <param name="shift">Logarithm of the pixels, in each direction, that a pixel of this image stands for.</param>
    /// <param name="used">
    /// Receives the red and green values as numbers of 16 bits. Those that are copied from other pixels are there
    /// already.
    /// </param>
    private void SkipImage(int height, int width, int shift, BitArray? used)
    {
        long pixels = (long)Subsample(width, shift) * Subsample(height, shift);
        int cacheSize = Read(1) == 1 ? 1 << Read(4) : 0;
        var green = ReadCode(Literals + LengthCodes + cacheSize);
        var red = ReadCode(Literals);
        var blue = ReadCode(Literals);
        var alpha = ReadCode(Literals);
        var distance = ReadCode(DistanceCodes);
        for (long pixel = 0; pixel < pixels && !IsAtEnd;)
        {
            int symbol = ReadSymbol(green);
            if (symbol < Literals)
            {
                int group = ReadSymbol(red) << 8 | symbol;
                used?.Set(group, true);
                _ = ReadSymbol(blue);
                _ = ReadSymbol(alpha);
                pixel++;
            }
            else if (symbol < Literals + LengthCodes)
            {
                pixel += ReadPrefixed(symbol - Literals);
                _ = ReadPrefixed(ReadSymbol(distance));
            }
            else
            {
                pixel++;
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

    private Code ReadCode(int alphabet)
    {
        byte[] lengths = new byte[alphabet];
        if (Read(1) == 1)
        {
            bool hasTwo = Read(1) == 1;
            // libwebp refuses symbols outside of the alphabet.
            lengths[Math.Min(Read(Read(1) == 1 ? 8 : 1), alphabet - 1)] = 1;
            if (hasTwo)
                lengths[Math.Min(Read(8), alphabet - 1)] = 1;
            return new Code(lengths);
        }
        byte[] codeLengths = new byte[CodeLengthOrder.Length];
        for (int i = 0, count = Read(4) + 4; i < Math.Min(count, codeLengths.Length); i++)
            codeLengths[CodeLengthOrder[i]] = (byte)Read(3);
        var code = new Code(codeLengths);
        int symbols = Read(1) == 1 ? 2 + Read(2 + 2 * Read(3)) : alphabet;
        byte previous = 8;
        for (int i = 0; i < alphabet && symbols-- > 0 && !IsAtEnd;)
        {
            int symbol = ReadSymbol(code);
            if (symbol < 16)
            {
                lengths[i++] = (byte)symbol;
                if (symbol > 0)
                    previous = (byte)symbol;
                continue;
            }
            int repeat = symbol == 16 ? 3 + Read(2) : symbol == 17 ? 3 + Read(3) : 11 + Read(7);
            for (; repeat > 0 && i < alphabet; repeat--)
                lengths[i++] = symbol == 16 ? previous : (byte)0;
        }
        return new Code(lengths);
    }

    private int ReadSymbol(Code code)
    {
        if (code.OnlySymbol >= 0)
            return code.OnlySymbol;
        int value = 0;
        for (int length = 1, first = 0, index = 0; length < Code.MaxLengths; length++)
        {
            value |= Read(1);
            int count = code.Counts[length];
            if (value - first < count)
                return code.Symbols[index + value - first];
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        return 0;
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

    /// <summary>A canonical prefix code.</summary>
    private sealed class Code
    {
        public const int MaxLengths = 16;

        public Code(ReadOnlySpan<byte> lengths)
        {
            Symbols = new int[lengths.Length - lengths.Count((byte)0)];
            int next = 0;
            for (int length = 1; length < MaxLengths; length++)
                for (int symbol = 0; symbol < lengths.Length; symbol++)
                    if (lengths[symbol] == length)
                    {
                        Symbols[next++] = symbol;
                        Counts[length]++;
                    }
            OnlySymbol = Symbols.Length switch { 0 => 0, 1 => Symbols[0], _ => -1 };
        }

        /// <summary>How many codes have a length.</summary>
        public int[] Counts { get; } = new int[MaxLengths];

        /// <summary>Symbols in the order of their codes.</summary>
        public int[] Symbols { get; }

        /// <summary>The symbol of a code of no bits, or -1.</summary>
        public int OnlySymbol { get; }
    }
}
