using System.Collections;
using System.Text;

namespace VisualSentiment.Tests.Imaging;

/// <summary>Lossless WebPs of a few bits, and containers around them.</summary>
internal static class HostileWebp
{
    /// <summary>A file of one image.</summary>
    public static byte[] Simple(byte[] image) => Riff(Chunk("VP8L", image));

    /// <summary>A frame of 16 x 16 pixels, again and again, on a large canvas.</summary>
    public static byte[] Animation(int side, int frames)
    {
        byte[] frame = Chunk("ANMF", [.. new byte[6], 15, 0, 0, 15, 0, 0, 10, 0, 0, 0, .. Chunk("VP8L", OneColor(16))]);
        return Riff([.. Canvas(side, flags: 2), .. Chunk("ANIM", new byte[6]), .. Repeat(frame, frames)]);
    }

    /// <summary>An image of 16 x 16 pixels on a canvas of another size.</summary>
    public static byte[] Mismatch(int side) => Riff([.. Canvas(side, flags: 0), .. Chunk("VP8L", OneColor(16))]);

    /// <summary>A small image behind empty chunks that nothing knows.</summary>
    public static byte[] Chunks(int count) =>
        Riff([.. Canvas(16, flags: 0), .. Repeat(Chunk("abcd", []), count), .. Chunk("VP8L", OneColor(16))]);

    /// <summary>An image of which no pixel takes a bit.</summary>
    public static byte[] OneColor(int side)
    {
        var bits = new BitWriter();
        bits.WriteHeader(side);
        bits.Write(0, 3); // no transform, no color cache, one group of codes
        bits.WriteGroup();
        return bits.ToArray();
    }

    /// <summary>
    /// An image of 1,024 x 1,024 pixels whose blocks of 4 x 4 have codes of their own, up to a number of groups.
    /// </summary>
    public static byte[] CodeGroups(int count)
    {
        var bits = new BitWriter();
        bits.WriteHeader(1024);
        bits.Write(0, 2); // no transform, no color cache
        bits.Write(1, 1); // groups of codes, by an image
        bits.Write(0, 4); // for blocks of 4 x 4; no color cache
        bits.WriteUniform(256 + 24);
        bits.WriteUniform(256);
        bits.WriteSingle(0);
        bits.WriteSingle(255);
        bits.WriteSingle(0);
        for (int i = 0; i < 256 * 256; i++)
        {
            int group = Math.Min(i, count - 1);
            bits.WriteReversed(group & 255);
            bits.WriteReversed(group >> 8);
        }
        for (int i = 0; i < count; i++)
            bits.WriteGroup();
        return bits.ToArray();
    }

    private static byte[] Canvas(int side, byte flags) => Chunk("VP8X",
        [(byte)(flags | 0x10), 0, 0, 0, (byte)(side - 1), (byte)(side - 1 >> 8), 0, (byte)(side - 1), (byte)(side - 1 >> 8), 0]);

    private static IEnumerable<byte> Repeat(byte[] chunk, int count) => Enumerable.Repeat(chunk, count).SelectMany(bytes => bytes);

    private static byte[] Riff(byte[] chunks) => Chunk("RIFF", [.. "WEBP"u8, .. chunks]);

    private static byte[] Chunk(string name, byte[] content) =>
        [.. Encoding.ASCII.GetBytes(name), .. BitConverter.GetBytes(content.Length), .. content, .. new byte[content.Length & 1]];

    private sealed class BitWriter
    {
        private readonly List<bool> _bits = [];

        public void Write(int value, int count)
        {
            for (int i = 0; i < count; i++)
                _bits.Add((value >> i & 1) == 1);
        }

        public void WriteHeader(int side)
        {
            Write(0x2F, 8);
            Write(side - 1, 14);
            Write(side - 1, 14);
            Write(1, 4); // alpha, version 0
        }

        /// <summary>A code of one symbol.</summary>
        public void WriteSingle(int symbol)
        {
            Write(symbol < 2 ? 1 : 5, 3);
            Write(symbol, symbol < 2 ? 1 : 8);
        }

        /// <summary>The codes of a group: every pixel is the same.</summary>
        public void WriteGroup()
        {
            foreach (int symbol in (ReadOnlySpan<int>)[0, 0, 0, 1, 0])
                WriteSingle(symbol);
        }

        /// <summary>A code of eight bits for each of the first 256 symbols.</summary>
        public void WriteUniform(int alphabet)
        {
            Write(0, 1);
            Write(12 - 4, 4); // twelve lengths of code lengths; those of 0 and 8 are 1
            foreach (int length in (ReadOnlySpan<int>)[17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8])
                Write(length is 0 or 8 ? 1 : 0, 3);
            Write(0, 1);
            for (int i = 0; i < alphabet; i++)
                Write(i < 256 ? 1 : 0, 1);
        }

        public void WriteReversed(int value)
        {
            for (int i = 7; i >= 0; i--)
                Write(value >> i, 1);
        }

        public byte[] ToArray()
        {
            byte[] bytes = new byte[(_bits.Count + 7) / 8];
            new BitArray(_bits.ToArray()).CopyTo(bytes, 0);
            return bytes;
        }
    }
}
