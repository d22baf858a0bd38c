using System.Diagnostics;
using System.Globalization;
using VisualSentiment.Benchmarks.Processes;
using VisualSentiment.Fuzzing;

namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>
/// Runs the mutations of one format in a process of its own, which is replaced if it crashes or hangs.
/// </summary>
internal sealed class FuzzWorker(
    FuzzFormat format, FuzzSettings settings, FuzzProgress progress, Action<FuzzFormat, long, string, string> report)
{
    // Longer than a slow file takes: the worker itself reports slow files.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HangWithoutWork = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public void Run(string seedFolder, CancellationToken cancellation)
    {
        string positionPath = Path.Combine(settings.Output, $"{format.Name}.position");
        using var position = new FuzzPosition(positionPath);
        while (progress.Next < settings.Mutations)
        {
            cancellation.ThrowIfCancellationRequested();
            position.Started = null;
            position.Index = progress.Next;
            string[] range = [Text(settings.Seed), Text(progress.Next), Text(settings.Mutations)];
            RunProcess([FuzzHost.Flag, format.Name, .. range, seedFolder, positionPath], position, cancellation);
        }
    }

    private void RunProcess(string[] arguments, FuzzPosition position, CancellationToken cancellation)
    {
        string[] command = [.. Worker.Self, .. arguments];
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        long first = progress.Next;
        var errors = new Queue<string>();
        process.OutputDataReceived += (_, line) => Receive(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                errors.Enqueue(line.Data ?? "");
                if (errors.Count > 20)
                    errors.Dequeue();
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        string? hang = null;
        try
        {
            hang = Watch(process, position, cancellation);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.WaitForExit();
            progress.Next = position.Index;
        }
        if (process.ExitCode is 0 or FuzzHost.Full && hang is null)
            return;
        cancellation.ThrowIfCancellationRequested();
        string last;
        lock (errors)
            last = string.Join(' ', errors.Where(line => line.Length > 0));
        if (position.Started is null && position.Index == first && hang is null)
            throw new InvalidOperationException(
                $"The worker for {format.Name} cannot start: exit code {process.ExitCode}. {last}");
        if (hang is null)
            report(format, position.Index, $"crash {process.ExitCode}",
                $"the process ended with exit code {process.ExitCode}: {last}");
        else
            report(format, position.Index, "hang", hang);
        progress.Next = position.Index + 1;
    }

    // Why the process was killed; null if it ended by itself.
    private string? Watch(Process process, FuzzPosition position, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        long index = -1;
        while (!process.WaitForExit(Poll))
        {
            cancellation.ThrowIfCancellationRequested();
            if (index != position.Index)
            {
                index = position.Index;
                clock.Restart();
            }
            progress.Next = index;
            process.Refresh();
            TimeSpan used = position.Started is { } started && !process.HasExited
                ? process.TotalProcessorTime - started : TimeSpan.Zero;
            if (used > Hang && index == position.Index)
                return FormattableString.Invariant($"killed after {used.TotalSeconds:0} s of processor time");
            if (clock.Elapsed > HangWithoutWork)
                return FormattableString.Invariant($"killed after {clock.Elapsed.TotalSeconds:0} s");
        }
        return null;
    }

    private void Receive(string? line)
    {
        if (line is null || !line.StartsWith(FuzzHost.Mark, StringComparison.Ordinal))
            return;
        string[] parts = line[FuzzHost.Mark.Length..].Split('\t', 3);
        report(format, long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2]);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
