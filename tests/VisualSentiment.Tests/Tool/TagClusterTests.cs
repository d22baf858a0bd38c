using System.Diagnostics;
using System.Text.Json;
using SkiaSharp;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

/// <summary>The command <c>tag --cluster local</c>.</summary>
public sealed class TagClusterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ToolFolder _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Rows_are_those_of_the_detector_and_in_order()
    {
        string[] names = ["a, \"quoted\" name.png", "b/c/d.png", "b/ä 悲.PNG", "bad.png", "y.png", "z.png"];
        foreach (string name in names)
            TestImage.Write(_tool[$"photos/{name}"], name.Length);
        File.WriteAllText(_tool["photos/bad.png"], "no image");
        TestImage.Write(_tool["photos/.hidden/x.png"], 1);
        TestImage.Write(_tool["photos/tags/old.png"], 1);
        using var detector = SentimentDetector.Load(_tool.Model);

        var run = Tag("--shard-size", "4");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("Images with an error: 1 of 6. The field 'error' contains the reasons.", run.Error.TrimEnd());
        Assert.Contains("Written to photos/tags:", run.Output, StringComparison.Ordinal);
        Assert.Contains("6 images tagged", run.Output, StringComparison.Ordinal);
        Assert.Contains("Images: 6, errors: 1, result files: 2", run.Output, StringComparison.Ordinal);
        JsonElement[] rows = Rows();
        Assert.Equal(names, Files(rows));
        foreach (JsonElement row in rows)
            if (row.GetProperty("file").GetString() is "bad.png")
                Assert.NotEmpty(row.GetProperty("error").GetString()!);
            else
                Assert.Equal(detector.Predict(_tool[$"photos/{row.GetProperty("file").GetString()}"]).Scores,
                    row.GetProperty("scores").Deserialize<Dictionary<string, float>>());
    }

    [Fact]
    public void Second_run_tags_nothing_unless_images_or_options_have_changed()
    {
        foreach (int i in Enumerable.Range(0, 5))
            TestImage.Write(_tool[$"photos/{i}.png"], i);
        Tag();
        string[] first = ResultFiles();

        string again = Tag().Output;

        Assert.Contains("Already tagged: 5 of 5 images", again, StringComparison.Ordinal);
        Assert.DoesNotContain("images tagged in", again, StringComparison.Ordinal);
        TestImage.Write(_tool["photos/2.png"], 100);
        Assert.Contains("have changed", Tag().Output, StringComparison.Ordinal);
        Assert.Empty(ResultFiles().Intersect(first));
        using var detector = SentimentDetector.Load(_tool.Model);
        Assert.Equal(detector.Predict(_tool["photos/2.png"]).Scores,
            Rows()[2].GetProperty("scores").Deserialize<Dictionary<string, float>>());
        Tag("--format", "parquet");
        Assert.Equal("PAR1"u8, File.ReadAllBytes(Assert.Single(ResultFiles())).AsSpan()[^4..]);
        File.Delete(ResultFiles()[0]);
        _tool.Fails(1, "is missing", [.. Command(), "--format", "parquet"]);
    }

    [Fact]
    public void Killed_runs_continue_and_every_image_has_one_row()
    {
        string[] names = WriteImages(200);
        foreach (int files in (int[])[1, 10])
        {
            using Process process = Start();
            WaitForFiles(files, process);
            process.Kill();
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }

        var run = Tag("--shard-size", "10");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Empty(run.Error);
        Assert.Matches(@"Already tagged: \d+0 of 200 images", run.Output);
        Assert.Equal(names, Files(Rows()));
    }

    [Fact]
    public void Canceled_run_leaves_complete_files_and_the_next_one_continues()
    {
        string[] names = WriteImages(200);
        using Process process = Start();
        WaitForFiles(2, process);
        SampleProgram.Terminate(process);
        var (exitCode, _, error) = SampleProgram.ReadToEnd(process);

        Assert.Equal(130, exitCode);
        Assert.Equal("Canceled.", error.TrimEnd());
        Assert.Empty(Directory.GetFiles(_tool["photos/tags/"], "*.tmp"));
        string[] complete = Directory.GetFiles(_tool["photos/tags/"], "part-*");
        Assert.All(complete, file => Assert.Equal(10, File.ReadAllLines(file).Length));
        var run = Tag("--shard-size", "10");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains($"Already tagged: {complete.Length * 10} of 200 images", run.Output, StringComparison.Ordinal);
        Assert.Equal(names, Files(Rows()));
    }

    [Fact]
    public void Parked_shard_is_named_and_tried_again_in_the_next_run()
    {
        TestImage.Write(_tool["photos/z.png"], 1);
        File.CreateSymbolicLink(_tool["photos/a.png"], _tool["elsewhere/a.png"]);

        var run = Tag("--shard-size", "1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Parked shards: 1 of 2.", run.Error, StringComparison.Ordinal);
        Assert.Contains("Shard 0, which begins with 'a.png': None of the", run.Error, StringComparison.Ordinal);
        Assert.Equal(["z.png"], Files(Rows()));
        TestImage.Write(_tool["elsewhere/a.png"], 2);
        run = Tag("--shard-size", "1");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("Already tagged: 1 of 2 images", run.Output, StringComparison.Ordinal);
        Assert.Equal(["a.png", "z.png"], Files(Rows()));
    }

    [Fact]
    public void Errors_of_files_and_options_are_one_line()
    {
        TestImage.Write(_tool["photos/a.png"], 1);
        Directory.CreateDirectory(_tool["empty"]);

        _tool.Fails(2, "--cluster cannot be combined with --xmp, --threshold, --watch, --contact-sheet, --format csv.",
            [.. Command(), "--watch", "--xmp", "--threshold", "0", "--contact-sheet", "--format", "csv"]);
        _tool.Fails(2, "--format jsonl parquet", [.. Command(), "--format", "jsonl", "parquet"]);
        _tool.Fails(2, "from 1 to 100000", [.. Command(), "--shard-size", "0"]);
        _tool.Fails(2, "'local'", "tag", "photos", "--model", _tool.Model, "--cluster", "large");
        _tool.Fails(2, "--shard-size requires --cluster. --format parquet requires --cluster.",
            "tag", "photos", "--model", _tool.Model, "--shard-size", "5", "--format", "parquet");
        _tool.Fails(2, "'empty'", "tag", "empty", "--model", _tool.Model, "--cluster", "local");
        Assert.False(Directory.Exists(_tool.PathOf("tags")));
        _tool.Fails(1, "missing.onnx", "tag", "photos", "--model", "missing.onnx", "--cluster", "local");
        File.WriteAllText(_tool["tags/ledger.db"], new string('x', 5000));
        _tool.Fails(1, "delete it", "tag", "photos", "--model", _tool.Model, "--cluster", "local");
        using var other = new FileStream(_tool["tags/ledger.lock"], FileMode.Open, FileAccess.Read, FileShare.None);
        _tool.Fails(1, "another process", "tag", "photos", "--model", _tool.Model, "--cluster", "local");
    }

    private string[] Command(params string[] options) =>
        ["tag", "photos", "--model", _tool.Model, "--output", "photos/tags", "--cluster", "local", .. options];

    private (int ExitCode, string Output, string Error) Tag(params string[] options) => _tool.Run(Command(options));

    private Process Start() => SampleProgram.Start(SampleProgram.Tool,
    [
        "tag", _tool["photos"], "--model", _tool.Model, "--output", _tool["photos/tags"], "--cluster", "local",
        "--shard-size", "10",
    ]);

    /// <summary>The result files that the tool lists.</summary>
    private string[] ResultFiles() =>
        [.. File.ReadLines(_tool["photos/tags/files.txt"]).Select(name => _tool[$"photos/tags/{name}"])];

    private JsonElement[] Rows() =>
        [.. ResultFiles().SelectMany(File.ReadLines).Select(line => JsonElement.Parse(line))];

    private static IEnumerable<string> Files(JsonElement[] rows) =>
        rows.Select(row => row.GetProperty("file").GetString()!);

    private string[] WriteImages(int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"{i:00000}.jpg")];
        using SKBitmap small = SKBitmap.Decode(TestImage.Encode(1));
        using SKBitmap large = small.Resize(new SKImageInfo(1600, 1200), SKFilterQuality.Low);
        using SKData jpeg = large.Encode(SKEncodedImageFormat.Jpeg, 80);
        byte[] encoded = jpeg.ToArray();
        foreach (string name in names)
            File.WriteAllBytes(_tool[$"photos/{name}"], encoded);
        return names;
    }

    private void WaitForFiles(int count, Process process)
    {
        string folder = _tool["photos/tags/"];
        var clock = Stopwatch.StartNew();
        for (; Directory.GetFiles(folder, "part-*.jsonl").Length < count; Thread.Sleep(5))
            Assert.True(clock.Elapsed < Patience && !process.HasExited, "There are fewer result files.");
    }
}
