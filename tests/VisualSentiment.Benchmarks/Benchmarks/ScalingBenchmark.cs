using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Benchmarks.Processes;
using VisualSentiment.Benchmarks.Results;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>
/// How time and memory grow with the number of images. Every point is measured in a warm process of its own: during the first few
/// thousand images, memory grows because of the runtime, not because of the images. All sizes except the largest run in turn, so
/// that a temporary slowdown of the machine affects both sides of a ratio.
/// </summary>
internal sealed class ScalingBenchmark : IBenchmark
{
    private const string Scoring = "scoring";
    private const string Store = "pixel store";
    private static readonly int[] Threads = [1, 2];

    public string Name => "scaling";

    public string Title => "Ten times the images";

    public BenchmarkResult Run(Workbench bench)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("This benchmark needs Linux: it limits threads with taskset and reads memory from /proc.");
        List<Curve> curves = [];
        List<string> notes = [];
        ImageFolder[] folders = [.. bench.Sizes.Scaling.Select(images => CreateFolder(bench, images))];
        ImageFolder[] storable = [.. folders.Where(folder => FitsDisk(folder, notes))];
        foreach (int threads in Threads.Where(threads => threads <= Environment.ProcessorCount))
        {
            // The largest size takes ten times as long as all others together, so it is measured with all threads only.
            bool all = threads == Threads.Where(t => t <= Environment.ProcessorCount).Max();
            curves.Add(Measure(bench, Store, nameof(PixelStoreCompetitor), bench.WithPhotographs(), all ? storable : storable.Except(folders[^1..]), threads));
            curves.Add(Measure(bench, Scoring, nameof(ScoringScaleCompetitor), bench.WithQuickStudent(), all ? folders : folders[..^1], threads));
        }
        foreach (ImageFolder folder in folders)
            Directory.Delete(folder.Path, recursive: true);
        return new BenchmarkResult(Name, Title)
        {
            Rows = [.. curves.OrderBy(curve => (curve.Subject, curve.Threads)).SelectMany(WorstSteps)],
            Points = [.. curves.SelectMany(curve => curve.Sizes.Select(curve.PointOf))],
            Notes = notes,
        };
    }

    private readonly record struct ImageFolder(string Path, int Images);

    /// <summary>The time and memory for one number of images. Seconds are per run.</summary>
    private sealed record Size(int Images, IReadOnlyList<double> Seconds, long AnonymousBytes, long ResidentBytes);

    private sealed record Curve(string Subject, int Threads, IReadOnlyList<Size> Sizes)
    {
        public ScalingPoint PointOf(Size size) => new(Subject, Threads, size.Images, Statistics.Median(size.Seconds), size.AnonymousBytes, size.ResidentBytes);
    }

    private static ImageFolder CreateFolder(Workbench bench, int images)
    {
        string folder = bench.CreateFolder();
        bench.Log($"  linking {images:N0} images");
        RepeatedImages.Create(bench.Photographs, folder, images, bench.Cancellation);
        return new(folder, images);
    }

    private static bool FitsDisk(ImageFolder folder, List<string> notes)
    {
        long needed = (long)folder.Images * PixelFormat.ByteCount, free = new DriveInfo(folder.Path).AvailableFreeSpace;
        bool fits = needed <= 0.9 * free;
        if (!fits)
            notes.Add($"The pixel store of {folder.Images:N0} images needs {needed / 1e9:0.0} GB; the disk has {free / 1e9:0.0} GB free, so it is left out.");
        return fits;
    }

    private static Curve Measure(Workbench bench, string subject, string competitor, CompetitorSettings settings, IEnumerable<ImageFolder> folders, int threads)
    {
        settings = settings with { WarmUpPhotographs = bench.Photographs, WarmUpImages = bench.Sizes.ScalingWarmUp };
        ImageFolder[] sizes = [.. folders];
        Worker[] workers = [.. sizes.Select(size => bench.Start(competitor, settings with { Photographs = size.Path, Images = size.Images }, threads))];
        List<double>[] seconds = [.. sizes.Select(_ => new List<double>())];
        try
        {
            // A worker that warms up would take processor time from the one that is measured.
            foreach (Worker worker in workers)
                worker.WaitUntilReady();
            for (int repeat = 0; repeat < bench.Sizes.ScalingRepeats; repeat++)
                for (int i = 0; i < sizes.Length; i++)
                    // The largest size runs once, in the middle, between runs of the size before it.
                    if (sizes[i].Images != bench.Sizes.Scaling[^1] || repeat == bench.Sizes.ScalingRepeats / 2)
                    {
                        seconds[i].Add(workers[i].Run().Seconds);
                        bench.Log($"  {subject}, {sizes[i].Images:N0} images, threads {threads}: {seconds[i][^1]:0.0} s");
                    }
            return new(subject, threads, [.. sizes.Select((size, i) => new Size(size.Images, seconds[i], workers[i].Memory.Anonymous, workers[i].Memory.Resident))]);
        }
        finally
        {
            foreach (Worker worker in workers)
                worker.Dispose();
        }
    }

    /// <summary>The steps from one number of images to the next at which time and memory grow most.</summary>
    private static IEnumerable<ResultRow> WorstSteps(Curve curve)
    {
        string what = $"{curve.Subject}, {curve.Threads} {(curve.Threads == 1 ? "thread" : "threads")}";
        var steps = curve.Sizes.Zip(curve.Sizes.Skip(1), (before, after) => (Before: before, After: after, Slower: Slower(before, after))).ToArray();
        var slow = steps.MaxBy(step => step.Slower.Value);
        var lean = steps.MaxBy(step => (double)step.After.AnonymousBytes / step.Before.AnonymousBytes);
        yield return new($"{what}: {slow.After.Images:N0} images", Quantity.Of(slow.After.Seconds, Unit.Seconds))
        {
            PeerName = $"{slow.Before.Images:N0} images",
            Peer = Quantity.Of(slow.Before.Seconds, Unit.Seconds),
            Ratio = slow.Slower,
        };
        yield return new($"{what}: peak memory of {lean.After.Images:N0} images", new(lean.After.AnonymousBytes / 1e6, Unit.Megabytes))
        {
            PeerName = $"{lean.Before.Images:N0} images",
            Peer = new(lean.Before.AnonymousBytes / 1e6, Unit.Megabytes),
            Ratio = new((double)lean.After.AnonymousBytes / lean.Before.AnonymousBytes, Unit.Times),
        };
    }

    // A size that ran once is compared with each run of the other.
    private static Quantity Slower(Size before, Size after) => Quantity.Of(before.Seconds.Select((seconds, run) => after.Seconds[Math.Min(run, after.Seconds.Count - 1)] / seconds), Unit.Times);
}
