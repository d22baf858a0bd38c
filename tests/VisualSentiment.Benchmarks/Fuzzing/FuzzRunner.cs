using System.Globalization;
using VisualSentiment.Data.Columns;
using VisualSentiment.Fuzzing;

namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>
/// Reads mutated files with the library and writes those that crash, hang, take too much memory or throw an undocumented exception
/// into <c>findings</c>. An interrupted run continues with the same command.
/// </summary>
internal static class FuzzRunner
{
    private const int FilesPerGroup = 5;
    private const int FoundSomething = 1, Canceled = 130;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    public static int Run(FuzzSettings settings, CancellationToken cancellation)
    {
        string findings = Path.Combine(settings.Output, "findings");
        string statePath = Path.Combine(settings.Output, "fuzz.json");
        Directory.CreateDirectory(findings);
        FuzzState state;
        try
        {
            state = FuzzState.ReadOrCreate(statePath, settings.Seed);
        }
        catch (InvalidDataException e)
        {
            Console.Error.WriteLine(e.Message);
            return FoundSomething;
        }
        FuzzFormat[] formats = [.. settings.Formats.Select(FuzzFormat.Find)];
        foreach (FuzzFormat format in formats)
            state.Formats.TryAdd(format.Name, new FuzzProgress());

        void Report(FuzzFormat format, long index, string group, string finding)
        {
            lock (state)
            {
                Dictionary<string, int> groups = state.Formats[format.Name].Findings;
                int count = groups[group] = groups.GetValueOrDefault(group) + 1;
                if (count > FilesPerGroup)
                    return;
                string name = FormattableString.Invariant($"{format.Name}-{settings.Seed}-{index}.{format.Name}");
                string path = Path.Combine(findings, name);
                byte[][] seeds = FuzzHost.ReadSeeds(SeedFolder(settings, format));
                File.WriteAllBytes(path, FuzzInput.Create(format, seeds, settings.Seed, index));
                File.AppendAllText(path + ".txt", $"{group}: {finding}{Environment.NewLine}");
                Console.WriteLine($"{path}: {finding}");
            }
        }

        using var timer = new Timer(_ =>
        {
            state.Write(statePath);
            Console.WriteLine(string.Join(", ", formats.Select(format => Describe(format, state, settings))));
        }, null, ProgressInterval, ProgressInterval);
        try
        {
            foreach (FuzzFormat format in formats)
                WriteSeeds(SeedFolder(settings, format), format);
            ParallelOptions options = new()
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = cancellation,
            };
            Parallel.ForEach(formats, options, format =>
            {
                var worker = new FuzzWorker(format, settings, state.Formats[format.Name], Report);
                worker.Run(SeedFolder(settings, format), cancellation);
            });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped. Run the same command to continue.");
            return Canceled;
        }
        finally
        {
            state.Write(statePath);
        }
        foreach (FuzzFormat format in formats)
        {
            Console.WriteLine(Describe(format, state, settings));
            foreach (var (group, count) in state.Formats[format.Name].Findings)
                Console.WriteLine($"  {count} x {group}");
        }
        return formats.Any(format => state.Formats[format.Name].Findings.Count > 0) ? FoundSomething : 0;
    }

    /// <summary>Reads one file again.</summary>
    public static int Replay(string path)
    {
        var format = FuzzFormat.Find(Path.GetExtension(path).TrimStart('.'));
        byte[] input = File.ReadAllBytes(path);
        format.Read(format.CreateSeeds()[0]);
        MemoryProbe.ResetPeak();
        long before = MemoryProbe.Resident;
        FuzzOutcome outcome = FuzzRun.Run(format, input);
        long peak = MemoryProbe.Peak - before;
        bool isLarge = peak > FuzzHost.MaxMemory;
        string finding = outcome.Finding ?? (isLarge ? "too much memory" : "as documented");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{finding}; {outcome.Processor.TotalSeconds:0.00} s of processor time, {peak >> 20} MB at most"));
        return outcome.Finding is null && !isLarge ? 0 : FoundSomething;
    }

    private static string SeedFolder(FuzzSettings settings, FuzzFormat format) =>
        Path.Combine(settings.Output, "seeds", format.Name);

    // A run that continues uses the existing files.
    private static void WriteSeeds(string folder, FuzzFormat format)
    {
        if (Directory.Exists(folder))
            return;
        string unfinished = Directory.CreateDirectory(folder + ".tmp").FullName;
        foreach (var (i, seed) in format.CreateSeeds().Index())
            File.WriteAllBytes(Path.Combine(unfinished, FormattableString.Invariant($"{i:00}.{format.Name}")), seed);
        Directory.Move(unfinished, folder);
    }

    private static string Describe(FuzzFormat format, FuzzState state, FuzzSettings settings)
    {
        FuzzProgress progress = state.Formats[format.Name];
        int findings;
        lock (state)
            findings = progress.Findings.Values.Sum();
        return string.Create(CultureInfo.InvariantCulture,
            $"{format.Name} {progress.Next:N0} of {settings.Mutations:N0}, {findings} findings");
    }
}
