using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using VisualSentiment.Benchmarks.Competitors;

namespace VisualSentiment.Benchmarks.Processes;

/// <summary>
/// A competitor in a process of its own, so that no competitor meets the thread pools, the heap or the process-wide settings of
/// another. It has a temporary folder of its own, which goes with it.
/// </summary>
internal sealed class Worker : IDisposable
{
    /// <summary>Settings of libtorch's and OpenMP's that a shell may have left behind; every worker starts without them.</summary>
    public static readonly IReadOnlyList<string> Unset =
        ["OMP_WAIT_POLICY", "OMP_NUM_THREADS", "OMP_PROC_BIND", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "MKL_NUM_THREADS", "THP_MEM_ALLOC_ENABLE"];

    /// <summary>The command that starts this program again.</summary>
    public static string[] Self { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, Assembly.GetEntryAssembly()!.Location] : [Environment.ProcessPath!];

    private readonly string _name;
    private readonly string _folder;
    private readonly Process _process;
    private readonly MemoryWatch _memory;
    private readonly CancellationToken _cancellation;
    private readonly Task<string> _errors;
    private bool _ready;

    /// <param name="competitor">The type's name.</param>
    /// <param name="settings">What it is given.</param>
    /// <param name="folder">Where its temporary folder goes.</param>
    /// <param name="cores">How many processor cores it may use; null for all.</param>
    /// <param name="cancellation">Ends waiting for it.</param>
    public Worker(string competitor, CompetitorSettings settings, string folder, int? cores, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _name = competitor;
        _cancellation = cancellation;
        _folder = Directory.CreateDirectory(Path.Combine(folder, $"worker-{Guid.NewGuid():N}")).FullName;
        string[] command = [.. Self, WorkerHost.Flag, competitor, JsonSerializer.Serialize(settings)];
        if (cores is { } count)
            command = ["taskset", "--cpu-list", $"0-{count - 1}", .. command];

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string variable in Unset)
            start.Environment.Remove(variable);
        start.Environment["TMPDIR"] = start.Environment["TEMP"] = start.Environment["TMP"] = _folder;
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        _memory = new MemoryWatch(_process.Id);
    }

    /// <summary>The most memory that the process had so far.</summary>
    public MemoryPeak Memory => _memory.Peak;

    /// <summary>Waits until the competitor is made and warm.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public void WaitUntilReady()
    {
        if (!_ready)
            Read();
        _ready = true;
    }

    /// <summary>One repeat.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public Measurement Run()
    {
        WaitUntilReady();
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        return JsonSerializer.Deserialize<Measurement>(Read())!;
    }

    public void Dispose()
    {
        _memory.Dispose();
        try
        {
            _process.StandardInput.Close();
            if (_cancellation.IsCancellationRequested || !_process.WaitForExit(TimeSpan.FromSeconds(20)))
                _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It has ended already.
        }
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Read()
    {
        while (_process.StandardOutput.ReadLineAsync(_cancellation).AsTask().GetAwaiter().GetResult() is { } line)
        {
            if (!line.StartsWith(WorkerHost.Mark, StringComparison.Ordinal))
                continue;
            string answer = line[WorkerHost.Mark.Length..];
            if (!answer.StartsWith(WorkerHost.Failed, StringComparison.Ordinal))
                return answer;
            throw new InvalidOperationException($"{_name} failed: {answer[WorkerHost.Failed.Length..]}");
        }
        _cancellation.ThrowIfCancellationRequested();
        _process.WaitForExit();
        string last = _errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "it said nothing";
        throw new InvalidOperationException($"{_name} ended with exit code {_process.ExitCode}: {last}");
    }
}
