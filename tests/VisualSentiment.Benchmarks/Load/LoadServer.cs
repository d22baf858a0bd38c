using System.Diagnostics;
using System.Globalization;

namespace VisualSentiment.Benchmarks.Load;

/// <summary>The sample WebDetector in a process of its own.</summary>
internal sealed class LoadServer : IDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;

    /// <exception cref="InvalidOperationException">The server does not start.</exception>
    public LoadServer(string model, int queue)
    {
        string framework = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string program = Path.Combine(Repository.Root, "samples", "WebDetector", "bin", Repository.Configuration,
            framework, "WebDetector.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--urls", "http://127.0.0.1:0", "--Model", model,
            "--Limits:Queue", queue.ToString(CultureInfo.InvariantCulture), "--Limits:PredictionTime", "0:1:0",
            "--Logging:LogLevel:VisualSentiment", "None"]) { RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        while (_process.StandardOutput.ReadLine() is { } line)
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and int found)
            {
                Address = new Uri(line[(found + Listening.Length)..]);
                // A pipe that nobody empties would block the server.
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        throw new InvalidOperationException($"'{program}' ended with exit code {_process.ExitCode}.");
    }

    public Uri Address { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>The memory of the process without mapped files, in bytes; 0 on systems other than Linux.</summary>
    public long ReadMemory()
    {
        string status = $"/proc/{_process.Id}/status";
        if (!File.Exists(status))
            return 0;
        string line = File.ReadLines(status).First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        string kilobytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        return 1024 * long.Parse(kilobytes, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
