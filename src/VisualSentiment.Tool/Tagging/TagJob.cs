using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using VisualSentiment.Tool.Commands;
using VisualSentiment.Tool.Predictions;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Tagging;

/// <summary>Tags a folder: the work of <c>tag</c>.</summary>
internal sealed class TagJob : IDisposable
{
    private const int FingerprintLength = 16;

    // Some file systems, such as network drives, do not report changes.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), SearchInterval = TimeSpan.FromSeconds(30);

    private readonly TagSettings _settings;
    private readonly string _output;
    private readonly SentimentDetector _detector;
    private readonly ImageTree _tree;
    private readonly FoundImage[] _images;
    private readonly Journal _journal;
    private readonly Tagger _tagger;
    private readonly CancellationToken _cancellation;

    public TagJob(TagSettings settings, CancellationToken cancellation)
    {
        (_settings, _cancellation) = (settings, cancellation);
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Folder));
        _output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Output));
        if (!Directory.Exists(folder))
            throw new InvalidCommandLineException($"The folder '{settings.Folder}' does not exist.");
        _tree = new ImageTree(folder, _output);
        _images = settings.Watches ? [] : _tree.Find();
        if (_images.Length == 0 && !settings.Watches)
            throw new InvalidCommandLineException($"'{settings.Folder}' contains no images ({ImageFiles.ExtensionList}).");
        _detector = SentimentDetector.Load(settings.Model);
        Directory.CreateDirectory(_output);
        _journal = new Journal(Path.Combine(_output, "journal.jsonl"), folder);
        if (_journal.DamagedLines > 0)
            Screen.Warning($"Damaged lines of the journal: {_journal.DamagedLines}. Their images are tagged again.");
        _tagger = new Tagger(_detector, Fingerprint(settings.Model), _tree, _journal, settings);
    }

    public int Run() => _settings.Watches ? Watch() : RunOnce();

    public void Dispose()
    {
        _journal.Dispose();
        _detector.Dispose();
    }

    private int RunOnce()
    {
        FoundImage[] left = [.. _images.Where(image => !_tagger.IsDone(image))];
        if (left.Length < _images.Length)
            Screen.Line(Text($"Already tagged: {_images.Length - left.Length:N0} of {_images.Length:N0} images."));
        try
        {
            Tag(left);
        }
        catch (OperationCanceledException)
        {
            WriteTables(_images);
            throw;
        }
        return Finish(_images);
    }

    private int Watch()
    {
        using var changes = new FolderChanges(_tree.Folder, _output);
        var settling = new SettlingFiles();
        FoundImage[] images = [];
        int listed = -1;
        try
        {
            Screen.Line($"Watching {_settings.Folder}. Press Ctrl+C to stop.");
            while (true)
            {
                long start = Stopwatch.GetTimestamp();
                images = _tree.Find();
                IReadOnlyList<FoundImage> ready = settling.Settle(images.Where(image => !_tagger.IsDone(image)));
                TimeSpan search = Stopwatch.GetElapsedTime(start);
                Tag(ready);
                if (ready.Count > 0 || images.Length != listed)
                    WriteTables(images);
                listed = images.Length;
                // A search of a large folder takes a small part of the time.
                _cancellation.WaitHandle.WaitOne(Pause + 4 * search);
                changes.Wait(settling.Any ? TimeSpan.Zero : SearchInterval, _cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            return Finish(images);
        }
    }

    private void Tag(IReadOnlyList<FoundImage> images)
    {
        if (images.Count > 0)
            TagDisplay.Run(images.Count, tagged => _tagger.Tag(images, tagged, _cancellation));
    }

    private IEnumerable<string> WriteTables(FoundImage[] images) => [.. _settings.Formats.Select(format =>
        TagTable.Write(_output, format, _detector.Classes, images.Select(_tagger.Find).OfType<TaggedImage>()
            .Select(image => (_tagger.TagOf(image), _journal.Read(image)))))];

    private int Finish(FoundImage[] images)
    {
        List<string> written = [.. WriteTables(images)];
        var tagged = images.Select(image => (image.Name, Result: _tagger.Find(image)))
            .Where(image => image.Result?.Emotion is not null)
            .ToLookup(image => _tagger.TagOf(image.Result!)!, image => (image.Name, image.Result!.Confidence));
        string[] uncertain = tagged.Contains(Tagger.Uncertain) ? [Tagger.Uncertain] : [];
        string[] tags = [.. _detector.Classes.Union(uncertain)];
        int count = tagged.Sum(group => group.Count());
        Screen.Table(["tag", "images", "share"], [.. tags.Select(tag => (string[])
        [
            tag, Text($"{tagged[tag].Count():N0}"), Text($"{(double)tagged[tag].Count() / Math.Max(count, 1):0.0%}"),
        ])]);
        if (_settings.WritesContactSheets && count > 0)
        {
            Screen.Line("Writing contact sheets");
            written.Add(new ContactSheets(_tree, _output).Write(tags, tagged));
        }
        Screen.Line($"Written to {_settings.Output}: {string.Join(", ", written)}");
        int errors = images.Count(image => _tagger.HasFailed(image));
        if (errors == 0)
            return ExitCode.Success;
        Console.Error.WriteLine(
            Text($"Images with an error: {errors:N0} of {images.Length:N0}. The column 'error' contains the reasons."));
        return _settings.Watches ? ExitCode.Success : ExitCode.Failure;
    }

    private static string Fingerprint(string model)
    {
        using FileStream file = File.OpenRead(model);
        return Convert.ToHexStringLower(SHA256.HashData(file))[..FingerprintLength];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
