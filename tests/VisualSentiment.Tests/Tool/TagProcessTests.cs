using System.Diagnostics;
using System.Text.Json;
using SkiaSharp;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

/// <summary>The command <c>tag</c> in a process that is killed, and with <c>--watch</c>.</summary>
public sealed class TagProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ToolFolder _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Killed_runs_continue_and_tag_every_image_once() => KillAndContinue(images: 300, kills: 10);

    [Fact(Explicit = true)]
    public void Ten_thousand_images_are_tagged_once_after_many_kills() => KillAndContinue(images: 10_000, kills: 25);

    [Fact]
    public void Watch_tags_new_images_when_they_are_complete()
    {
        TestImage.Write(_tool["photos/a.png"], 1);
        TestImage.Write(_tool["photos/b.png"], 2);
        using Process process = Start("--watch", "--contact-sheet");
        try
        {
            WaitForFiles("a.png", "b.png");
            File.Delete(_tool["photos/a.png"]);
            TestImage.Write(_tool["photos/new/deep/c.png"], 3);
            byte[] slow = TestImage.Encode(4);
            using (FileStream stream = File.Create(_tool["photos/slow.png"], bufferSize: 0))
            {
                Thread.Sleep(4000);
                foreach (byte[] part in slow.Chunk(slow.Length / 8))
                {
                    stream.Write(part);
                    Thread.Sleep(500);
                }
            }
            WaitForFiles("b.png", "new/deep/c.png", "slow.png");
            string before = File.ReadAllText(_tool["tags/tags.csv"]);
            TestImage.Write(_tool["photos/b.png"], 5);
            WaitFor(() => File.ReadAllText(_tool["tags/tags.csv"]) != before);
        }
        finally
        {
            SampleProgram.Terminate(process);
        }
        var (exitCode, output, error) = SampleProgram.ReadToEnd(process);

        Assert.Equal(0, exitCode);
        Assert.Empty(error);
        Assert.Equal(["a.png", "b.png", "b.png", "new/deep/c.png", "slow.png"],
            JournalFiles().Order(StringComparer.Ordinal));
        Assert.Contains("contact-sheets/ (3 pages)", output, StringComparison.Ordinal);
        Assert.DoesNotContain("error", File.ReadAllText(_tool["tags/journal.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Canceled_run_writes_the_table_of_the_tagged_images()
    {
        WriteImages(300);
        using Process process = Start();
        WaitFor(() => new FileInfo(_tool["tags/journal.jsonl"]) is { Exists: true, Length: > 1000 });
        SampleProgram.Terminate(process);
        var (exitCode, _, error) = SampleProgram.ReadToEnd(process);

        Assert.Equal(130, exitCode);
        Assert.Equal("Canceled.", error.TrimEnd());
        string[] rows = File.ReadAllLines(_tool["tags/tags.csv"]);
        Assert.InRange(rows.Length, 2, 300);
        Assert.Equal(JournalFiles(), rows.Skip(1).Select(row => row.Split(',')[0]));
    }

    [Fact]
    public void Journal_that_cannot_grow_ends_the_run_and_the_next_run_continues()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits the size of files with bash");
        WriteImages(150);
        // 16 KiB is less than the journal, and .NET reserves its code memory as a larger file otherwise.
        var start = new ProcessStartInfo("bash",
        [
            "-c", "trap '' XFSZ; ulimit -f 16; exec dotnet \"$@\"", "bash", SampleProgram.PathOf(SampleProgram.Tool), "tag",
            _tool["photos"], "--model", _tool.Model, "--output", _tool["tags"],
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using Process process = Process.Start(start)!;
        var (exitCode, _, error) = SampleProgram.ReadToEnd(process);

        Assert.Equal(1, exitCode);
        Assert.Contains("too large", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Equal(16 << 10, new FileInfo(_tool["tags/journal.jsonl"]).Length);
        _tool.RunToEnd("tag", "photos", "--model", _tool.Model);
        Assert.Equal(Names(150), JournalFiles());
    }

    private void KillAndContinue(int images, int kills)
    {
        WriteImages(images);
        _tool.RunToEnd("tag", "photos", "--model", _tool.Model, "--output", "uninterrupted");
        long length = new FileInfo(_tool["uninterrupted/journal.jsonl"]).Length;
        var random = new Random(images);
        var journal = new FileInfo(_tool["tags/journal.jsonl"]);
        List<string[]> killed = [];
        var clock = Stopwatch.StartNew();
        foreach (double part in Enumerable.Range(0, kills).Select(_ => 0.9 * random.NextDouble()).Order())
        {
            using Process process = Start("--xmp");
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            WaitFor(() =>
            {
                journal.Refresh();
                return journal.Exists && journal.Length > part * length || process.HasExited;
            });
            Thread.Sleep(random.Next(10));
            process.Kill();
            process.WaitForExit();
            Assert.True(process.ExitCode != 0, output.Result + error.Result);
            killed.Add(JournalFiles());
        }
        using (Process last = Start("--xmp"))
        {
            var (exitCode, _, error) = SampleProgram.ReadToEnd(last);
            Assert.True(exitCode == 0, error);
        }
        TestContext.Current.SendDiagnosticMessage($"{images} images in {clock.Elapsed}, killed after "
            + string.Join(", ", killed.Select(files => files.Length)));

        string[] final = JournalFiles();
        Assert.Equal(Names(images), final.Order(StringComparer.Ordinal));
        Assert.All(killed, files => Assert.Equal(files, final[..files.Length]));
        Assert.Equal(File.ReadAllText(_tool["uninterrupted/tags.csv"]), File.ReadAllText(_tool["tags/tags.csv"]));
        Assert.Equal(Names(images).SelectMany(name => (string[])[name, name + ".xmp"]),
            Directory.GetFiles(_tool["photos/"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    private Process Start(params string[] options) => SampleProgram.Start(SampleProgram.Tool,
        ["tag", _tool["photos"], "--model", _tool.Model, "--output", _tool["tags"], .. options]);

    private static IEnumerable<string> Names(int images) => Enumerable.Range(0, images).Select(i => $"{i:00000}.jpg");

    private void WriteImages(int count)
    {
        byte[][] encoded = [.. Enumerable.Range(0, 8).Select(seed =>
        {
            using SKBitmap small = SKBitmap.Decode(TestImage.Encode(seed));
            using SKBitmap large = small.Resize(new SKImageInfo(640, 440), SKFilterQuality.Low);
            using SKData jpeg = large.Encode(SKEncodedImageFormat.Jpeg, 80);
            return jpeg.ToArray();
        })];
        foreach (var (i, name) in Names(count).Index())
            File.WriteAllBytes(_tool[$"photos/{name}"], encoded[i % encoded.Length]);
    }

    /// <summary>The file of each complete line of the journal, after the tool has ended.</summary>
    private string[] JournalFiles() => [.. File.ReadAllText(_tool["tags/journal.jsonl"]).Split('\n')[..^1].Skip(1)
        .Select(line => JsonElement.Parse(line).GetProperty("file").GetString()!)];

    private void WaitForFiles(params string[] expected) => WaitFor(() => File.Exists(_tool["tags/tags.csv"])
        && File.ReadLines(_tool["tags/tags.csv"]).Skip(1).Select(line => line.Split(',')[0]).SequenceEqual(expected));

    private static void WaitFor(Func<bool> condition)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); Thread.Sleep(5))
            Assert.True(clock.Elapsed < Patience, "The condition did not become true.");
    }
}
