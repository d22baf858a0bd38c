using System.Buffers.Binary;
using System.IO.Compression;

namespace VisualSentiment.Fuzzing;

/// <summary>Mutations of a zip file's entries, with valid lengths and checksums.</summary>
internal static class ZipStructure
{
    /// <summary>The entry that holds the student: a 32-bit length, then the model.</summary>
    private const string StudentEntry = "OnnxModel";

    /// <summary>Much more than a student has, compressed to some hundred kilobytes.</summary>
    private const int BombBytes = 400 << 20;

    private static readonly DateTimeOffset Written = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Mutate(byte[] input, Random random)
    {
        List<(string Name, byte[] Content)>? entries = TryRead(input);
        if (entries is not { Count: > 0 })
            return input;
        int at = random.Next(entries.Count);
        int student = entries.FindIndex(entry => entry.Name.EndsWith(StudentEntry, StringComparison.Ordinal));
        switch (random.Next(8))
        {
            case 0 when student >= 0 && random.Next(500) == 0:
                entries[student] = (entries[student].Name, [.. Length(BombBytes), .. new byte[BombBytes]]);
                break;
            case 0 or 1 or 2 or 3 when student >= 0 && entries[student].Content.Length > sizeof(int):
                byte[] model = OnnxStructure.Mutate(entries[student].Content[sizeof(int)..], random);
                entries[student] = (entries[student].Name, [.. Length(model.Length), .. model]);
                break;
            case 4 when student >= 0:
                entries.Add((entries[student].Name, entries[student].Content));
                break;
            case 5:
                entries.RemoveAt(at);
                break;
            case 6:
                string[] names = ["../" + StudentEntry, StudentEntry, "/", entries[at].Name + "\u0000"];
                entries[at] = (names[random.Next(names.Length)], entries[at].Content);
                break;
            default:
                entries[at] = (entries[at].Name, ByteMutator.Mutate(entries[at].Content, [0], random));
                break;
        }
        return Write(entries, random.Next(2) == 0 ? CompressionLevel.Fastest : CompressionLevel.NoCompression);
    }

    /// <summary>Writes a zip file with the same bytes every time.</summary>
    public static byte[] Write(IEnumerable<(string Name, byte[] Content)> entries, CompressionLevel level)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in entries)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name, level);
                entry.LastWriteTime = Written;
                using Stream stream = entry.Open();
                stream.Write(content);
            }
        return file.ToArray();
    }

    /// <summary>The entries of a zip file; null if it cannot be read.</summary>
    public static List<(string Name, byte[] Content)>? TryRead(byte[] input)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(input));
            return [.. zip.Entries.Where(entry => entry.FullName.Length > 0 && entry.Length < 1 << 20).Take(100).Select(e => (e.FullName, Read(e)))];
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException
            or ArgumentException)
        {
            return null;
        }
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        byte[] content = new byte[entry.Length];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    private static byte[] Length(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
