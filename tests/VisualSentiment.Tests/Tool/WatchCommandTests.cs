using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

/// <summary>
/// The command <c>watch</c> on videos that ffmpeg makes. <see cref="ColorStudent"/> reacts to colors.
/// </summary>
public sealed class WatchCommandTests : IDisposable
{
    private static readonly bool HasFfmpeg = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg")));

    private readonly ToolFolder _tool = new(ColorStudent.Create());

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Timeline_follows_the_colors()
    {
        string video = Video("a<b>&.mp4", "color=blue:s=640x480:r=30:d=2[a];color=red:s=640x480:r=30:d=2[b];"
            + "color=lime:s=640x480:r=30:d=2[c];[a][b][c]concat=n=3");

        string output = _tool.RunToEnd("watch", video, "--model", _tool.Model, "--smooth", "0.5");

        Row[] rows = Rows("timeline");
        Assert.Equal(Enumerable.Range(0, 60), rows.Select(row => row.Frame));
        Assert.Equal(["calm", "hope", "rage"], rows[0].Raw.Keys);
        float[] average = [.. rows[0].Raw.Values];
        double weight = 1 - Math.Exp(-0.1 / 0.5);
        foreach (Row row in rows)
        {
            string color = (row.Frame / 20) switch { 0 => "calm", 1 => "rage", _ => "hope" };
            Assert.Equal(row.Frame / 10.0, row.Time, 1e-9);
            Assert.Equal(color, row.Raw.MaxBy(score => score.Value).Key);
            Assert.InRange(row.Raw[color], 0.9f, 1);
            average = [.. average.Zip(row.Raw.Values, (old, now) => (float)(old + weight * (now - old)))];
            Assert.Equal(average, row.Smoothed.Values, (expected, actual) => Math.Abs(expected - actual) < 1e-5);
            Assert.Equal(row.Smoothed.MaxBy(score => score.Value).Key, row.Emotion);
            Assert.Equal(row.Smoothed[row.Emotion], row.Confidence);
        }
        // With a time constant of 0.5 s, the emotion changes 0.35 s after the color.
        Assert.Equal("calm", rows[22].Emotion);
        Assert.Equal("rage", rows[24].Emotion);

        string[] lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal(["0:00.0\tcalm", "0:01.0\tcalm", "0:02.0\tcalm", "0:03.0\trage", "0:04.0\trage", "0:05.0\thope"],
            lines[..^2].Select(line => line[..line.LastIndexOf('\t')]));
        Assert.StartsWith("60 frames in ", lines[^2], StringComparison.Ordinal);
        Assert.DoesNotContain("latency", lines[^2], StringComparison.Ordinal);
        Assert.Equal("Written to timeline: timeline.csv, timeline.svg", lines[^1]);
        AssertAreas(rows, Path.GetFileName(video));
    }

    [Fact]
    public void Pixels_are_those_of_an_image_of_the_frame()
    {
        string video = Video("test.mp4", "testsrc2=s=640x480:r=10:d=0.5");
        Ffmpeg("-i", video, _tool["frame-%d.png"]);
        using var detector = SentimentDetector.Load(_tool.Model);

        string output = _tool.RunToEnd("watch", video, "--model", _tool.Model, "--no-progress", "--output", "out/put");

        Row[] rows = Rows("out/put");
        Assert.Equal(5, rows.Length);
        foreach (Row row in rows)
            Assert.Equal(detector.Predict(_tool[$"frame-{row.Frame + 1}.png"]).Scores, row.Raw);
        Assert.StartsWith("5 frames", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Slow_predictions_drop_frames_in_real_time_only()
    {
        string video = Video("test.mp4", "testsrc2=s=640x480:r=60:d=2");
        File.WriteAllBytes(_tool["slow.onnx"], SlowStudent());

        string live = _tool.RunToEnd(
            "watch", video, "--model", "slow.onnx", "--fps", "60", "--real-time", "--output", "live");
        string all = _tool.RunToEnd("watch", video, "--model", "slow.onnx", "--fps", "5", "--output", "all");

        Row[] rows = Rows("live");
        Assert.InRange(rows.Length, 2, 110);
        Assert.Matches($@"\n{rows.Length} frames in [0-9.]+ s: [0-9.]+ frames/s, {120 - rows.Length} dropped, "
            + @"latency [0-9.]+ ms \(p50\) [0-9.]+ ms \(p99\)\n", live);
        Assert.Equal(rows.Select(row => row.Frame).Distinct().Order(), rows.Select(row => row.Frame));
        // The newest frame is predicted last.
        Assert.Equal(119, rows[^1].Frame);
        Assert.All(rows, row => Assert.Equal(row.Frame / 60.0, row.Time, 0.001));
        Assert.Equal(Enumerable.Range(0, 10), Rows("all").Select(row => row.Frame));
        Assert.Contains("\n10 frames in ", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_time_is_the_speed_of_the_video()
    {
        string video = Video("test.mp4", "testsrc2=s=64x48:r=30:d=3");
        var clock = Stopwatch.StartNew();

        _tool.RunToEnd("watch", video, "--model", _tool.Model, "--real-time");

        Assert.InRange(clock.Elapsed.TotalSeconds, 2.5, 60);
    }

    [Fact]
    public void Cancellation_writes_the_timeline_and_ends_ffmpeg()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The processes are found in /proc.");
        string video = Video("long.mp4", "testsrc2=s=64x48:r=10:d=60");
        using Process process = Watch(video, _tool["canceled"]);
        Assert.NotEmpty(Using(video));
        SampleProgram.Terminate(process);

        var (exitCode, output, error) = SampleProgram.ReadToEnd(process);

        Assert.Equal(130, exitCode);
        Assert.Equal("", error);
        Assert.Contains("Written to ", output, StringComparison.Ordinal);
        Assert.Empty(Using(video));
        Assert.InRange(Rows("canceled").Length, 1, 590);
        XDocument.Load(_tool["canceled/timeline.svg"]);
    }

    [Fact]
    public void Ffmpeg_ends_when_the_tool_is_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The processes are found in /proc.");
        string video = Video("long.mp4", "testsrc2=s=64x48:r=10:d=60");
        using Process process = Watch(video, _tool["killed"]);

        process.Kill();

        var clock = Stopwatch.StartNew();
        while (Using(video).Any() && clock.Elapsed < TimeSpan.FromSeconds(30))
            Thread.Sleep(50);
        Assert.Empty(Using(video));
    }

    [Fact]
    public void Size_may_change()
    {
        string small = Video("small.ts", "color=blue:s=320x240:r=30:d=1");
        string large = Video("large.ts", "color=red:s=640x480:r=30:d=1");
        File.WriteAllBytes(_tool["both.ts"], [.. File.ReadAllBytes(small), .. File.ReadAllBytes(large)]);

        _tool.RunToEnd("watch", "both.ts", "--model", _tool.Model, "--smooth", "0");

        Row[] rows = Rows("timeline");
        Assert.InRange(rows.Length, 19, 21);
        Assert.Equal(["calm", "rage"], rows.Select(row => row.Emotion).Distinct());
        Assert.All(rows, row => Assert.Equal(row.Raw, row.Smoothed));
    }

    [Fact]
    public void Long_video_has_a_short_timeline()
    {
        string video = Video("long.mp4", "color=blue:s=16x16:r=30:d=40[a];color=red:s=16x16:r=30:d=40[b];[a][b]concat");

        _tool.RunToEnd("watch", video, "--model", _tool.Model, "--fps", "30", "--smooth", "0", "--no-progress");

        Row[] rows = Rows("timeline");
        Assert.Equal(2400, rows.Length);
        XElement area = Elements("path").First();
        Assert.InRange(area.Attribute("d")!.Value.Count(letter => letter is 'M' or 'L'), 1000, 2100);
        Assert.Equal(["0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00", "1:10"],
            Elements("text").Select(text => text.Value).Where(text => text.Contains(':') && text.Length == 4));
        Assert.Equal(["calm 49%", "hope 2%", "rage 49%"],
            Elements("text").Select(text => text.Value).Where(text => text.Contains(' ') && !text.Contains(':')));
    }

    [Fact]
    public void Videos_that_cannot_be_read_are_reported()
    {
        Video("sound.wav", "sine=d=1");
        Video("empty.mp4", "color=blue:d=1", "-t", "0");
        File.WriteAllText(_tool["notes.txt"], "no video");

        _tool.Fails(1, "'sound.wav' could not be read: it contains no video",
            "watch", "sound.wav", "--model", _tool.Model);
        _tool.Fails(1, "'empty.mp4'", "watch", "empty.mp4", "--model", _tool.Model);
        _tool.Fails(1, "'notes.txt' could not be read: Invalid data found when processing input",
            "watch", "notes.txt", "--model", _tool.Model);
        _tool.Fails(1, "Connection refused", "watch", "http://127.0.0.1:1/video.mp4", "--model", _tool.Model);
        if (OperatingSystem.IsLinux())
            _tool.Fails(1, "'/dev/video99' could not be read: No such file or directory",
                "watch", "/dev/video99", "--model", _tool.Model);
        Assert.False(Directory.Exists(_tool.PathOf("timeline")));
    }

    [Fact]
    public void Frames_before_a_failure_are_written()
    {
        string program = Script("printf 'P6\\n1 1\\n255\\n\\000\\000\\377P6\\n1 1\\n255\\n\\000'\n"
            + "echo 'The camera was removed' >&2\nexit 3\n");

        var (exitCode, _, error) = _tool.Run("watch", "video", "--model", _tool.Model, "--ffmpeg", program);

        Assert.Equal(1, exitCode);
        Assert.Equal("'video' could not be read: The camera was removed\n", error);
        Assert.Equal("calm", Assert.Single(Rows("timeline")).Emotion);
        Assert.Equal(3, Elements("path").Count());
    }

    [Theory]
    [InlineData("echo hello", "ffmpeg did not write a PPM image")]
    [InlineData("echo P6 20000 1 255", "A frame has 20000 x 1 pixels; the maximum is 16384 x 16384")]
    [InlineData("exit 3", "'video' could not be read: exit code 3")]
    [InlineData("exit 0", "'video' has no video frames")]
    public void Unexpected_output_of_ffmpeg_is_reported(string script, string message)
    {
        string program = Script(script);

        _tool.Fails(1, message, "watch", "video", "--model", _tool.Model, "--ffmpeg", program);
    }

    [Fact]
    public void Invalid_command_lines_are_one_line()
    {
        File.WriteAllText(_tool["video"], "");

        _tool.Fails(1, "The video 'nowhere.mp4' does not exist", "watch", "nowhere.mp4", "--model", _tool.Model);
        _tool.Fails(2, "'nowhere' could not be started",
            "watch", "video", "--model", _tool.Model, "--ffmpeg", "nowhere");
        _tool.Fails(2, "--fps is 0; it must be from 0.01 to 240",
            "watch", "video", "--model", _tool.Model, "--fps", "0");
        _tool.Fails(2, "from 0 to 3600", "watch", "video", "--model", _tool.Model, "--smooth", "-1");
        _tool.Fails(2, "from 1 to 1024", "watch", "video", "--model", _tool.Model, "--threads", "0");
        var missing = SampleProgram.RunWithoutPath(SampleProgram.Tool, "watch", _tool["video"], "--model", _tool.Model);
        Assert.Equal(1, missing.ExitCode);
        Assert.StartsWith("ffmpeg was not found in PATH. Install it (", missing.Error, StringComparison.Ordinal);
    }

    /// <summary>Makes a video from a filter of ffmpeg; the test is skipped without ffmpeg.</summary>
    private string Video(string name, string filter, params string[] options)
    {
        Assert.SkipUnless(HasFfmpeg, "ffmpeg is not installed (Debian: apt-get install -y ffmpeg)");
        string[] codec = Path.GetExtension(name) == ".wav" ? [] : ["-c:v", "mpeg4", "-q:v", "2"];
        Ffmpeg(["-f", "lavfi", "-i", filter, .. codec, .. options, _tool[name]]);
        return _tool[name];
    }

    /// <summary>Writes a shell script that takes the place of ffmpeg, and an input.</summary>
    private string Script(string commands)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not run shell scripts.");
        File.WriteAllText(_tool["video"], "");
        string path = _tool["ffmpeg.sh"];
        File.WriteAllText(path, $"#!/bin/sh\n{commands}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static void Ffmpeg(params string[] arguments)
    {
        using Process process = Process.Start("ffmpeg", ["-v", "error", "-nostdin", .. arguments]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Starts the tool in real time, and returns after the first frame.</summary>
    private Process Watch(string video, string output)
    {
        Process process = SampleProgram.Start(SampleProgram.Tool, "watch", video, "--model", _tool.Model, "--real-time",
            "--output", output);
        Assert.StartsWith("0:00", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        return process;
    }

    /// <summary>The processes of ffmpeg whose command lines contain a path.</summary>
    private static IEnumerable<string> Using(string path) => Directory.GetDirectories("/proc")
        .Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
        .Select(CommandLine).Where(line => line.Contains($"file:{path}", StringComparison.Ordinal));

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void AssertAreas(Row[] rows, string title)
    {
        Assert.Contains($"Emotions over time: {_tool.PathOf(title)}", Elements("text").Select(text => text.Value));
        XElement[] areas = [.. Elements("path")];
        Assert.Equal(3, areas.Length);
        // The lower edge of the first area is one minus its probability, drawn back from the last frame.
        double[][] points = [.. areas[0].Attribute("d")!.Value.Trim('M', 'Z').Split('L').Select(point =>
            point.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray())];
        // The first and the last time are repeated.
        Assert.Equal(2 * (rows.Length + 2), points.Length);
        double top = points[0][1], left = points[0][0], right = points[rows.Length][0];
        for (int i = 0; i < rows.Length; i++)
        {
            double[] upper = points[i + 1], lower = points[^(i + 2)];
            Assert.Equal(left + (right - left) * i / (rows.Length - 1), upper[0], 0.06);
            Assert.Equal(upper[0], lower[0]);
            Assert.Equal(top, upper[1]);
            Assert.Equal(300 * rows[i].Smoothed["calm"], lower[1] - top, 0.06);
        }
    }

    private IEnumerable<XElement> Elements(string name) =>
        XDocument.Load(_tool["timeline/timeline.svg"]).Descendants().Where(element => element.Name.LocalName == name);

    private Row[] Rows(string folder)
    {
        string[] lines = File.ReadAllLines(_tool[$"{folder}/timeline.csv"]);
        string[] head = lines[0].Split(',');
        int classes = (head.Length - 4) / 2;
        string[] names = head[4..(4 + classes)];
        Assert.Equal(
            ["time", "frame", "emotion", "confidence", .. names, .. names.Select(name => $"{name} smoothed")], head);
        return [.. lines.Skip(1).Select(line => line.Split(',')).Select(cells => new Row(
            double.Parse(cells[0], CultureInfo.InvariantCulture), int.Parse(cells[1], CultureInfo.InvariantCulture),
            cells[2], Number(cells[3]), Scores(cells[4..(4 + classes)]), Scores(cells[(4 + classes)..])))];

        OrderedDictionary<string, float> Scores(string[] cells) =>
            new(names.Zip(cells, (name, cell) => KeyValuePair.Create(name, Number(cell))));
    }

    private static float Number(string cell) => float.Parse(cell, CultureInfo.InvariantCulture);

    /// <summary>A student of which a prediction takes longer than 1/60 s.</summary>
    private static byte[] SlowStudent()
    {
        const int Channels = 56, Kernel = 3;
        return BuiltStudent.Create(new OnnxModelInfo { Classes = ExportedStudent.Classes }, (graph, value) =>
        {
            for (int layer = 0; layer < 4; layer++)
            {
                int inputs = layer == 0 ? 3 : Channels;
                float[] weights = [.. Enumerable.Repeat(0.001f, Channels * inputs * Kernel * Kernel)];
                value = graph.AddNode("Conv", [value,
                    graph.AddWeight($"conv{layer}.weight", weights, Channels, inputs, Kernel, Kernel)],
                    ("kernel_shape", new long[] { Kernel, Kernel }), ("pads", new long[] { 1, 1, 1, 1 }));
            }
            return graph.AddLinear("fc", graph.AddMeans(value), new float[3 * Channels], new float[3]);
        });
    }

    private sealed record Row(double Time, int Frame, string Emotion, float Confidence,
        OrderedDictionary<string, float> Raw, OrderedDictionary<string, float> Smoothed);
}
