using System.Diagnostics;
using VisualSentiment.Benchmarks.Benchmarks;
using VisualSentiment.Benchmarks.Results;

namespace VisualSentiment.Benchmarks;

/// <summary>Runs benchmarks one after the other and writes the results as a table, a JSON file, plots and a page.</summary>
internal static class Runner
{
    private const int Failed = 1, Canceled = 130;

    public static int List()
    {
        foreach (IBenchmark benchmark in BenchmarkList.All)
            Console.WriteLine($"{benchmark.Name,-14}{benchmark.Title}");
        return 0;
    }

    public static int Run(RunnerSettings settings, CancellationToken cancellation)
    {
        Report? earlier;
        try
        {
            earlier = settings.Add && File.Exists(ResultsOf(settings)) ? Report.FromJson(File.ReadAllText(ResultsOf(settings))) : null;
        }
        catch (InvalidDataException e)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
        Machine machine = Machine.Describe();
        Console.WriteLine(machine);
        var clock = Stopwatch.StartNew();
        try
        {
            using var bench = new Workbench(settings, cancellation);
            IBenchmark[] chosen = [.. BenchmarkList.All.Where(b => settings.Only.Count == 0 || settings.Only.Contains(b.Name))];
            var results = chosen.Select((benchmark, i) =>
            {
                bench.Log($"[{i + 1}/{chosen.Length}] {benchmark.Title} ({clock.Elapsed.TotalMinutes:0.0} minutes so far)");
                return Run(benchmark, bench);
            }).ToArray();
            var report = new Report
            {
                Date = DateTime.UtcNow,
                Machine = machine,
                Quick = settings.Quick,
                Photographs = bench.PhotographsDescription,
                Benchmarks = results,
                Seconds = clock.Elapsed.TotalSeconds,
            };
            if (earlier is not null)
                report = report.AddedTo(earlier, [.. BenchmarkList.All.Select(benchmark => benchmark.Name)]);
            ResultTable.Show(report);
            Write(report, settings);
            return results.Any(r => r.Failure is not null) ? Failed : 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("Stopped; nothing was written.");
            return Canceled;
        }
    }

    /// <summary>Runs one benchmark. An exception is its result, so that the others still run.</summary>
    private static BenchmarkResult Run(IBenchmark benchmark, Workbench bench)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            return benchmark.Run(bench) with { Seconds = clock.Elapsed.TotalSeconds };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Console.Error.WriteLine(e.Message);
            return new BenchmarkResult(benchmark.Name, benchmark.Title) { Failure = e.Message, Seconds = clock.Elapsed.TotalSeconds };
        }
    }

    private static string ResultsOf(RunnerSettings settings) => Path.Combine(settings.Output, "results.json");

    private static void Write(Report report, RunnerSettings settings)
    {
        Directory.CreateDirectory(settings.Output);
        List<string> written = [OutputFile.Write(ResultsOf(settings), report.ToJson())];
        written.AddRange(ScalingPlot.Write(report, settings.Output));
        if (settings.Page is not null)
        {
            string page = Path.Combine(Repository.Root, settings.Page);
            written.Add(OutputFile.Write(page, PerformancePage.WithFigures(File.ReadAllText(page), report)));
            written.AddRange(ScalingPlot.Write(report, Path.GetDirectoryName(page)!));
        }
        Console.WriteLine($"Written: {string.Join(", ", written)}");
    }
}
