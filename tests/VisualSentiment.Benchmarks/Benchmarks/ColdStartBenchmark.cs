using System.Diagnostics;
using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Benchmarks.Results;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>The time from the start of a process to its first prediction.</summary>
internal sealed class ColdStartBenchmark : IBenchmark
{
    public string Name => "cold";

    public string Title => "Cold process to first prediction";

    public BenchmarkResult Run(Workbench bench)
    {
        string image = ImageList.Find(bench.Photographs)[0];
        string student = bench.WithStudent(StudentFiles.Compact).StudentPath;
        CompetitorSettings stock = bench.WithStudent(StudentFiles.FloatInput(StudentFiles.Compact)) with { WarmUp = false, Rounds = 1 };
        List<double> ours = [], peers = [];
        // The first process of each is not counted: it fills the system's file cache.
        for (int i = 0; i <= bench.Sizes.ColdProcesses; i++)
        {
            double sample = Predict(student, image, bench.Cancellation), pipeline = PredictStock(bench, stock);
            if (i == 0)
                continue;
            ours.Add(sample);
            peers.Add(pipeline);
            bench.Log($"  process {i} of {bench.Sizes.ColdProcesses}: {sample:0.00} s, stock pipeline {pipeline:0.00} s");
        }
        return new BenchmarkResult(Name, Title)
        {
            Rows =
            [
                new("samples/Predict, compact student", Quantity.Of(ours, Unit.Seconds))
                {
                    PeerName = "stock pipeline",
                    Peer = Quantity.Of(peers, Unit.Seconds),
                    Ratio = Quantity.Of(peers.Zip(ours, (peer, our) => peer / our), Unit.Times),
                },
            ],
        };
    }

    /// <summary>The seconds until the sample prints its first line.</summary>
    private static double Predict(string student, string image, CancellationToken cancellation)
    {
        string folder = Path.Combine(Repository.Root, "samples", "Predict", "bin", Repository.Configuration, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));
        string program = Path.Combine(folder, OperatingSystem.IsWindows() ? "Predict.exe" : "Predict");
        var start = new ProcessStartInfo(program, [student, image]) { RedirectStandardOutput = true };
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        string? line = process.StandardOutput.ReadLineAsync(cancellation).AsTask().GetAwaiter().GetResult();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        process.WaitForExit();
        return line is not null && process.ExitCode == 0 ? seconds
            : throw new InvalidOperationException($"'{program}' ended with exit code {process.ExitCode}.");
    }

    private static double PredictStock(Workbench bench, CompetitorSettings settings)
    {
        long begin = Stopwatch.GetTimestamp();
        using var worker = bench.Start(nameof(StockOneImageCompetitor), settings);
        worker.Run();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
