using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using VisualSentiment.Tool.Commands;

namespace VisualSentiment.Tool.Video;

/// <summary>A child process of ffmpeg, which writes each frame as a PPM image to its standard output.</summary>
internal sealed partial class FfmpegProcess : IDisposable
{
    private const string Map = "0:V:0", NoVideo = $"Stream map '{Map}' matches no streams";

    // After Ctrl+C in a terminal, ffmpeg may end before this process has received the signal.
    private static readonly TimeSpan SignalDelay = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly Task<string> _error;

    private FfmpegProcess(Process process, VideoSource source)
    {
        _process = process;
        _error = Task.Factory.StartNew(() => ReadError(process.StandardError, $"{source.Input[^1]}: "),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <exception cref="FileNotFoundException">ffmpeg was not found in PATH.</exception>
    /// <exception cref="InvalidCommandLineException">The path is not that of a program.</exception>
    public static FfmpegProcess Start(WatchSettings settings)
    {
        string path = settings.Ffmpeg ?? FindInPath();
        ProcessStartInfo start = new(path, Arguments(settings))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new FfmpegProcess(Process.Start(start)!, settings.Source);
        }
        catch (Win32Exception e)
        {
            throw new InvalidCommandLineException($"'{path}' could not be started as ffmpeg: {e.Message}");
        }
    }

    /// <summary>Waits for the end and returns the error; null after success or cancellation.</summary>
    public string? WaitForError(CancellationToken cancellation)
    {
        _process.WaitForExit();
        return _process.ExitCode == 0 || cancellation.WaitHandle.WaitOne(SignalDelay) ? null
            : _error.Result is { Length: > 0 } error ? error : $"exit code {_process.ExitCode}";
    }

    /// <summary>Ends the process. Readers of the output then reach its end.</summary>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static IEnumerable<string> Arguments(WatchSettings settings)
    {
        string[] threads = settings.Threads is { } count ? ["-threads", $"{count}"] : [];
        string rate = settings.FramesPerSecond.ToString(CultureInfo.InvariantCulture);
        return
        [
            "-hide_banner", "-nostdin", "-loglevel", "error", .. threads,
            .. settings.IsRealTime && !settings.Source.IsPaced ? ["-re"] : Array.Empty<string>(),
            .. settings.Source.Input,
            // V excludes images that are attached to audio files.
            "-map", Map, "-vf", $"fps={rate}", "-c:v", "ppm", "-pix_fmt", "rgb24", "-f", "image2pipe", "pipe:1",
        ];
    }

    // Process.Start would also search the current folder.
    private static string FindInPath()
    {
        string name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        string install = OperatingSystem.IsWindows() ? "winget install ffmpeg"
            : OperatingSystem.IsMacOS() ? "brew install ffmpeg" : "apt-get install -y ffmpeg";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"ffmpeg was not found in PATH. Install it ({install}), or set its path with --ffmpeg.");
    }

    private static string ReadError(StreamReader lines, string prefix)
    {
        string last = "";
        while (lines.ReadLine() is { } line)
            if (!string.IsNullOrWhiteSpace(line) && !Hint().IsMatch(line))
                last = Component().Replace(line, "").Trim();
        return last.Contains(NoVideo, StringComparison.Ordinal) ? "it contains no video"
            : last.StartsWith(prefix, StringComparison.Ordinal) ? last[prefix.Length..] : last;
    }

    // Lines after the error, which name options of ffmpeg.
    [GeneratedRegex("^(To ignore this|Did you mean|Conversion failed|Cannot determine format of input|Error marking filters)")]
    private static partial Regex Hint();

    // For example "[tcp @ 0x55a0c1d2e080] ".
    [GeneratedRegex(@"^\[[^\]]* @ [^\]]*\] ")]
    private static partial Regex Component();
}
