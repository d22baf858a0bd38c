using System.Globalization;
using System.Runtime;
using VisualSentiment.Fuzzing;

namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>
/// The process of a <see cref="FuzzWorker"/>: reads one mutation after the other and prints the findings.
/// </summary>
internal static class FuzzHost
{
    /// <summary>The argument that starts the program as a worker.</summary>
    public const string Flag = "--fuzz-worker";

    /// <summary>The start of the lines for the parent process; native libraries may print others.</summary>
    public const string Mark = "@@ ";

    /// <summary>The exit code of a worker that is replaced because it holds too much memory.</summary>
    public const int Full = 77;

    public const long MaxMemory = 650L << 20;

    private const int MemoryCheckInterval = 256;

    public static int Serve(string[] arguments)
    {
        if (arguments is not [var name, var seedText, var fromText, var toText, var seedFolder, var positionPath])
            return 2;
        // The parent process is interrupted as well, and ends this one.
        Console.CancelKeyPress += (_, e) => e.Cancel = true;
        // The parent process keeps the input open as long as it runs.
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            Environment.Exit(0);
        }) { IsBackground = true }.Start();
        TextWriter answers = Console.Out;
        Console.SetOut(Console.Error);
        var format = FuzzFormat.Find(name);
        int seed = int.Parse(seedText, CultureInfo.InvariantCulture);
        long to = long.Parse(toText, CultureInfo.InvariantCulture);
        byte[][] seeds = ReadSeeds(seedFolder);
        foreach (byte[] valid in seeds)
            format.Read(valid);
        using var position = new FuzzPosition(positionPath);
        Collect();
        long rest = MemoryProbe.Resident;
        for (long index = long.Parse(fromText, CultureInfo.InvariantCulture); index < to; index++)
        {
            void Report(string group, string finding)
            {
                answers.WriteLine($"{Mark}{index.ToString(CultureInfo.InvariantCulture)}\t{group}\t{finding}");
                answers.Flush();
            }

            position.Started = null;
            position.Index = index;
            byte[] input = FuzzInput.Create(format, seeds, seed, index);
            if (input.Length > 1 << 20)
                Collect();
            MemoryProbe.ResetPeak();
            long before = MemoryProbe.Resident;
            position.Started = Environment.CpuUsage.TotalTime;
            FuzzOutcome outcome = FuzzRun.Run(format, input);
            long peak = MemoryProbe.Peak - before;
            position.Started = null;
            if (outcome is { Finding: { } finding, Group: { } group })
                Report(group, finding);
            if (peak > MaxMemory)
                Report("memory", FormattableString.Invariant($"{peak >> 20} MB more memory than before"));
            if (peak <= MaxMemory && index % MemoryCheckInterval != 0)
                continue;
            Collect();
            long held = MemoryProbe.Resident - rest;
            if (held <= MaxMemory)
                continue;
            Report("held memory", FormattableString.Invariant($"{held >> 20} MB more memory than at the start"));
            position.Index = index + 1;
            return Full;
        }
        position.Index = to;
        return 0;
    }

    public static byte[][] ReadSeeds(string folder) =>
        [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static void Collect()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
