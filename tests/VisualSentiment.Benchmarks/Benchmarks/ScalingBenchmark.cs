using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Pictures;
using VisualSentiment.Benchmarks.Results;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>
/// How time and memory grow with the number of pictures. Every point is a process of its own that is warm: until some thousand
/// pictures, memory grows with what the runtime learns and not with what it is given.
/// </summary>
internal sealed class ScalingBenchmark : IBenchmark
{
    private const double MostSeconds = 10.5;
    private const double MostMemory = 1.1;
    private const string Scoring = "scoring";
    private const string Store = "pixel store";
    private static readonly int[] Threads = [1, 2];

    public string Name => "scaling";

    public string Title => "Ten times the pictures";

    public BenchmarkResult Run(Workbench bench)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Threads are limited and memory is read as Linux does it.");
        List<ScalingPoint> points = [];
        List<string> notes = [];
        foreach (int pictures in bench.Sizes.Scaling)
        {
            string folder = bench.CreateFolder();
            bench.Say($"  linking {pictures:N0} pictures");
            RepeatedPictures.Create(bench.Photographs, folder, pictures, bench.Cancellation);
            foreach (int threads in ThreadsFor(pictures, bench.Sizes.Scaling))
            {
                points.Add(Measure(bench, Scoring, nameof(ScoringScaleCompetitor), bench.WithUntaughtStudent() with { Photographs = folder, Pictures = pictures }, threads));
                long needed = (long)pictures * PixelFormat.ByteCount, free = new DriveInfo(folder).AvailableFreeSpace;
                if (needed > 0.9 * free)
                    notes.Add($"The pixel store of {pictures:N0} pictures needs {needed / 1e9:0.0} GB; the disk has {free / 1e9:0.0} GB free, so it was left out.");
                else
                    points.Add(Measure(bench, Store, nameof(PixelStoreCompetitor), bench.WithPhotographs() with { Photographs = folder, Pictures = pictures }, threads));
            }
            Directory.Delete(folder, recursive: true);
        }
        return new BenchmarkResult(Name, Title)
        {
            Rows = [.. points.GroupBy(p => (p.Subject, p.Threads)).OrderBy(g => g.Key).SelectMany(g => Judge(g.Key.Subject, g.Key.Threads, [.. g]))],
            Points = points,
            Notes = notes,
        };
    }

    // The largest number takes ten times as long as all others together, so it is measured once, with all threads.
    private static int[] ThreadsFor(int pictures, IReadOnlyList<int> all)
    {
        int[] possible = [.. Threads.Where(threads => threads <= Environment.ProcessorCount)];
        return pictures == all[^1] ? possible[^1..] : possible;
    }

    private static ScalingPoint Measure(Workbench bench, string subject, string competitor, CompetitorSettings settings, int threads)
    {
        settings = settings with { WarmUpPhotographs = bench.Photographs, WarmUpPictures = bench.Sizes.ScalingWarmUp };
        using var worker = bench.Start(competitor, settings, threads);
        int repeats = settings.Pictures == bench.Sizes.Scaling[0] ? bench.Sizes.ScalingRepeats : 1;
        double seconds = Statistics.Median(Enumerable.Range(0, repeats).Select(_ => worker.Run().Seconds));
        var memory = worker.Memory;
        bench.Say($"  {subject}, {settings.Pictures:N0} pictures, threads {threads}: {seconds:0.0} s, {memory.Anonymous / 1e6:0.0} MB");
        return new(subject, threads, settings.Pictures, seconds, memory.Anonymous, memory.Resident);
    }

    /// <summary>The worst of the steps from a number of pictures to the next.</summary>
    private static IEnumerable<ResultRow> Judge(string subject, int threads, ScalingPoint[] points)
    {
        string what = $"{subject}, {threads} {(threads == 1 ? "thread" : "threads")}";
        var steps = points.Zip(points.Skip(1)).ToArray();
        var (slower, slow) = steps.MaxBy(s => Growth(s, p => p.Seconds));
        var (leaner, lean) = steps.MaxBy(s => Growth(s, p => p.AnonymousBytes));
        yield return new($"{what}: {slow.Pictures:N0} pictures", new(slow.Seconds, Unit.Seconds))
        {
            PeerName = $"{slower.Pictures:N0} pictures",
            Peer = new(slower.Seconds, Unit.Seconds),
            Ratio = new(Growth((slower, slow), p => p.Seconds), Unit.Times),
            Bar = Bar.Most(MostSeconds),
        };
        yield return new($"{what}: peak memory of {lean.Pictures:N0} pictures", new(lean.AnonymousBytes / 1e6, Unit.Megabytes))
        {
            PeerName = $"{leaner.Pictures:N0} pictures",
            Peer = new(leaner.AnonymousBytes / 1e6, Unit.Megabytes),
            Ratio = new(Growth((leaner, lean), p => p.AnonymousBytes), Unit.Times),
            Bar = Bar.Most(MostMemory),
        };
    }

    private static double Growth((ScalingPoint Before, ScalingPoint After) step, Func<ScalingPoint, double> figure) =>
        figure(step.After) / figure(step.Before);
}
