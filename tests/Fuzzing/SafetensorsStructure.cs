using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace VisualSentiment.Fuzzing;

/// <summary>Mutations of a safetensors file's header, with a valid length.</summary>
internal static partial class SafetensorsStructure
{
    // Latin-1 writes one byte per character, so that the text can be invalid UTF-8.
    private static readonly Encoding Bytes = Encoding.Latin1;

    private static readonly string[] Texts =
    [
        @"\ud800", @"\udc00\ud800", "\xFF", "\xC0\x80", "\xED\xA0\x80", @"\u0000", @"\", "F16", "BF16", "I64", "F64",
        "__metadata__", "", "data_offsets", "shape", "dtype",
    ];

    private static readonly string[] Values =
        ["null", "true", "[]", "{}", "\"\"", "-1", "1.5", "1e400", "[[", "{\"a\":", "]", ",", "18446744073709551616"];

    public static byte[] Mutate(byte[] input, Random random)
    {
        long rest = input.Length - sizeof(long);
        if (rest < 0 || BinaryPrimitives.ReadUInt64LittleEndian(input) is var length && length > (ulong)rest)
            return input;
        string header = Bytes.GetString(input, sizeof(long), (int)length);
        byte[] data = input[(sizeof(long) + (int)length)..];
        string changed = random.Next(7) switch
        {
            0 => Replace(header, Number(), ByteMutator.Extreme(random).ToString(CultureInfo.InvariantCulture), random),
            1 => Replace(header, Number(), random.Next(64).ToString(CultureInfo.InvariantCulture), random),
            2 => Replace(header, Text(), Texts[random.Next(Texts.Length)], random),
            3 => Replace(header, Number(), Values[random.Next(Values.Length)], random),
            4 => header.Insert(random.Next(header.Length + 1), Texts[random.Next(Texts.Length)]),
            5 => header.Insert(random.Next(header.Length + 1), Nested(random)),
            _ => Bytes.GetString(ByteMutator.Mutate(Bytes.GetBytes(header), [0], random)),
        };
        byte[] output = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(output, changed.Length);
        return [.. output, .. Bytes.GetBytes(changed), .. data];
    }

    private static string Nested(Random random) =>
        string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? "[" : "{\"a\":", random.Next(1, 300)));

    private static string Replace(string header, Regex pattern, string value, Random random)
    {
        MatchCollection matches = pattern.Matches(header);
        if (matches.Count == 0)
            return header;
        Group match = matches[random.Next(matches.Count)].Groups[1];
        return header[..match.Index] + value + header[(match.Index + match.Length)..];
    }

    [GeneratedRegex(@"(?<=[\[,])(\d+)(?=[\],])")]
    private static partial Regex Number();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Text();
}
