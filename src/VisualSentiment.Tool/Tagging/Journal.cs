using System.Diagnostics;
using System.Text.Json;

namespace VisualSentiment.Tool.Tagging;

/// <summary>The latest result of an image.</summary>
/// <param name="Stamp">Gets the stamp of the file before it was read.</param>
/// <param name="Model">Gets the fingerprint of the model.</param>
/// <param name="Emotion">Gets the most probable emotion; null if the image could not be read.</param>
/// <param name="Confidence">Gets the probability of the emotion.</param>
/// <param name="Keyword">Gets the emotion in the sidecar; empty for none; null if no sidecar was written.</param>
/// <param name="Offset">Gets the offset of the line in the journal, in bytes.</param>
/// <param name="Length">Gets the length of the line, in bytes.</param>
internal sealed record TaggedImage(FileStamp Stamp, string Model, string? Emotion, float Confidence, string? Keyword,
    long Offset, int Length);

/// <summary>
/// The results of all images, in a file to which one line per image is appended. The latest line of an image counts.
/// The file is locked while it is open.
/// </summary>
internal sealed class Journal : IDisposable
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    private readonly FileStream _stream;
    private readonly Dictionary<string, TaggedImage> _images = new(StringComparer.Ordinal);
    // One instance of the name of each emotion and model.
    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);
    private long _end, _synced = Stopwatch.GetTimestamp();

    /// <summary>Opens or creates a journal. An incomplete last line is removed.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="folder">The full path of the tagged folder.</param>
    /// <exception cref="InvalidOperationException">The journal is damaged, or of another folder.</exception>
    /// <exception cref="IOException">The file cannot be opened, or another process uses it.</exception>
    public Journal(string path, string folder)
    {
        // Without a buffer, a line is with the operating system when Append returns, and survives a killed process.
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        try
        {
            Load(path, folder);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Gets the number of lines that could not be read. Their images count as not tagged.</summary>
    public int DamagedLines { get; private set; }

    public TaggedImage? Find(string name) => _images.GetValueOrDefault(name);

    public JournalLine Read(TaggedImage image) =>
        JsonSerializer.Deserialize<JournalLine>(ReadBytes(image), JournalLine.Json)!;

    /// <summary>Appends a result, unless it is equal to the latest one of the image.</summary>
    /// <exception cref="IOException">The line cannot be written.</exception>
    public void Append(JournalLine line)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(line, JournalLine.Json);
        if (Find(line.File) is { } latest && ReadBytes(latest).AsSpan().SequenceEqual(bytes))
            return;
        long offset = _end;
        Write(bytes);
        Add(line, offset, bytes.Length);
        if (Stopwatch.GetElapsedTime(_synced) >= SyncInterval)
            Sync();
    }

    public void Dispose()
    {
        Sync();
        _stream.Dispose();
    }

    private void Load(string path, string folder)
    {
        var input = new BufferedStream(_stream, 1 << 16);
        var line = new MemoryStream();
        for (int value; (value = input.ReadByte()) >= 0;)
        {
            if (value != '\n')
            {
                line.WriteByte((byte)value);
                continue;
            }
            if (_end == 0)
                CheckFolder(line.ToArray(), path, folder);
            else
                Load(line.ToArray());
            _end += line.Length + 1;
            line.SetLength(0);
        }
        _stream.SetLength(_end);
        if (_end == 0)
            Write(JsonSerializer.SerializeToUtf8Bytes(new Header(folder), JournalLine.Json));
    }

    private static void CheckFolder(byte[] header, string path, string folder)
    {
        string? tagged = null;
        try
        {
            tagged = JsonSerializer.Deserialize<Header>(header, JournalLine.Json)?.Folder;
        }
        catch (JsonException)
        {
        }
        if (tagged is null)
            throw new InvalidOperationException(
                $"The first line of '{path}' is damaged. Delete the file to tag all images again.");
        if (tagged != folder)
            throw new InvalidOperationException($"'{Path.GetDirectoryName(path)}' contains the results of '{tagged}'. "
                + "Choose another folder with --output.");
    }

    private void Load(byte[] bytes)
    {
        try
        {
            Add(JsonSerializer.Deserialize<JournalLine>(bytes, JournalLine.Json)!, _end, bytes.Length);
        }
        // A power failure can leave such lines.
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            DamagedLines++;
        }
    }

    private void Add(JournalLine line, long offset, int length)
    {
        SentimentPrediction? prediction = line.Scores is null ? null : new(line.Scores);
        _images[line.File] = new TaggedImage(new(line.Size, line.Modified), Share(line.Model)!,
            Share(prediction?.Emotion), prediction?.Confidence ?? 0, Share(line.Keyword), offset, length);
    }

    private string? Share(string? text)
    {
        if (text is not null && !_shared.TryAdd(text, text))
            return _shared[text];
        return text;
    }

    private byte[] ReadBytes(TaggedImage image)
    {
        byte[] bytes = new byte[image.Length];
        _stream.Position = image.Offset;
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private void Write(byte[] line)
    {
        _stream.Position = _end;
        _stream.Write([.. line, (byte)'\n']);
        _end += line.Length + 1;
    }

    private void Sync()
    {
        _stream.Flush(flushToDisk: true);
        _synced = Stopwatch.GetTimestamp();
    }

    private sealed record Header(string Folder);
}
