using System.Diagnostics;
using System.Globalization;

namespace VisualSentiment.Tests.Silos;

/// <summary>The sample ClusterTagger/Silo in a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="repository">The folder of the repository, where the sample was built like the caller.</param>
    public SiloProcess(string repository, string postgres, string model, int port, int gateway)
    {
        string[] build = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..];
        string program = Path.Combine(
            repository, "samples", "ClusterTagger", "Silo", "bin", build[0], build[1], "Silo.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet",
        [
            program, "--postgres", postgres, "--model", model, "--port", Text(port), "--gateway", Text(gateway),
        ]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        // Pipes that nobody empties would block the silo.
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>The time of the processors that the process has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The memory of the process without mapped files, in bytes; on Linux.</summary>
    public long Memory
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status")
                .First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
