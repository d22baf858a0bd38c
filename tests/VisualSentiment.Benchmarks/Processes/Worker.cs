using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using VisualSentiment.Benchmarks.Competitors;

namespace VisualSentiment.Benchmarks.Processes;

/// <summary>
/// A competitor in a process of its own, so that competitors share no thread pools, heap or process-wide settings. It has a temporary
/// folder of its own, which is deleted with it.
/// </summary>
internal sealed class Worker : IDisposable
{
    /// <summary>Environment variables of libtorch and OpenMP, which are removed for every worker.</summary>
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

    /// <param name="competitor">The name of the competitor's type.</param>
    /// <param name="settings">The competitor's settings.</param>
    /// <param name="folder">The parent of its temporary folder.</param>
    /// <param name="cores">The number of processor cores that it may use; null for all.</param>
    /// <param name="cancellation">Cancels waiting for it.</param>
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

    /// <summary>The peak memory of the process so far.</summary>
    public MemoryPeak Memory => _memory.Peak;

    /// <summary>Waits until the competitor is created and warm.</summary>
    /// <exception cref="InvalidOperationException">The competitor failed.</exception>
    public void WaitUntilReady()
    {
        if (!_ready)
            Read();
        _ready = true;
    }

    /// <summary>Runs one repeat.</summary>
    /// <exception cref="InvalidOperationException">The competitor failed.</exception>
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
            // The process has ended already.
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
        string last = _errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "no error output";
        throw new InvalidOperationException($"{_name} ended with exit code {_process.ExitCode}: {last}");
    }
}
