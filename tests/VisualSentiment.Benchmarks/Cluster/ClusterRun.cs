using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Tests.Silos;

namespace VisualSentiment.Benchmarks.Cluster;

/// <summary>
/// Tags images on three silo processes of the sample ClusterTagger with PostgreSQL, and compares the rate with that of
/// <c>PredictMany</c> in one process, and the memory with that for a tenth of the images.
/// </summary>
internal static class ClusterRun
{
    private const int Silos = 3, Photographs = 200, TrainingImages = 40, Ten = 10;
    private const double MinShare = 0.85, MaxGrowth = 1.1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30), Interval = TimeSpan.FromSeconds(0.5);

    public static int Run(int images, string? data, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("visualsentiment-cluster-").FullName;
        try
        {
            return RunAsync(images, data, folder, cancellation).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(int images, string? data, string folder, CancellationToken cancellation)
    {
        string photographs = Directory.CreateDirectory(Path.Combine(folder, "photographs")).FullName;
        PhotographFolder.Create(data, photographs, Photographs, cancellation);
        string[] paths = ImageList.Find(photographs);
        string model = Path.Combine(folder, "sentiment.onnx");
        Train(paths, model);
        await using PostgresServer postgres = await PostgresServer.StartAsync();

        (double Rate, double[] Megabytes) few, many;
        double before, after;
        await using (SiloCluster cluster = await SiloCluster.StartAsync(
            Repository.Root, await postgres.CreateDatabaseAsync(), model, Silos))
        {
            // The heaps of .NET reach their final size after some ten thousand images.
            await TagAsync(cluster, "warm-up", images, paths, folder);
            few = await TagAsync(cluster, "few", images / Ten, paths, folder);
            before = PredictMany(model, paths, images / Ten, cancellation);
            many = await TagAsync(cluster, "many", images, paths, folder);
            after = PredictMany(model, paths, images / Ten, cancellation);
        }
        double share = many.Rate / ((before + after) / 2), growth = many.Megabytes.Average() / few.Megabytes.Average();
        Print($"{many.Rate:0} images per second on {Silos} silos; PredictMany {before:0} before and {after:0} after; share {share:P0}");
        Print($"memory per silo: {Text(few.Megabytes)} MB with {images / Ten:N0} images,");
        Print($"  {Text(many.Megabytes)} MB with {images:N0}; {growth:0.00} times on average");
        bool passed = share >= MinShare && growth <= MaxGrowth;
        Print($"{(passed ? "passed" : "failed: the share is below 85%, or the memory grew by more than 10%")}");
        return passed ? 0 : 1;
    }

    /// <returns>The images per second, and the mean memory of each silo in the second half of the time.</returns>
    private static async Task<(double Rate, double[] Megabytes)> TagAsync(
        SiloCluster cluster, string name, int count, string[] paths, string folder)
    {
        string manifest = Path.Combine(folder, $"{name}.txt");
        File.WriteAllLines(manifest, Repeat(paths, count));
        long start = Stopwatch.GetTimestamp();
        await cluster.Job(name).StartAsync(
            new TaggingJobOptions { Manifest = manifest, Output = Path.Combine(folder, $"{name}-{count}") });
        using var stop = new CancellationTokenSource();
        Task<List<double[]>> memory = WatchAsync(cluster, stop.Token);
        TaggingProgress progress = await cluster.WaitAsync(name, Patience,
            progress => progress.State == TaggingJobState.Completed);
        double rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await stop.CancelAsync();
        List<double[]> samples = await memory;
        Print($"{name}: {progress.TaggedImages:N0} images, {progress.Errors} errors, {progress.Shards} shards, {rate:0} per second");
        double[][] settled = [.. samples.Skip(samples.Count / 2)];
        return (rate, [.. Enumerable.Range(0, Silos).Select(silo => settled.Average(sample => sample[silo]))]);
    }

    private static async Task<List<double[]>> WatchAsync(SiloCluster cluster, CancellationToken stop)
    {
        List<double[]> samples = [];
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                samples.Add([.. cluster.Silos.Select(silo => silo.Memory / 1e6)]);
        }
        catch (OperationCanceledException)
        {
        }
        return samples;
    }

    private static double PredictMany(string model, string[] paths, int count, CancellationToken cancellation)
    {
        using var detector = SentimentDetector.Load(model);
        detector.Predict(paths[0]);
        long start = Stopwatch.GetTimestamp();
        return detector.PredictMany(Repeat(paths, count), cancellationToken: cancellation).Count()
            / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static IEnumerable<string> Repeat(string[] paths, int count) =>
        Enumerable.Range(0, count).Select(i => paths[i % paths.Length]);

    private static void Train(string[] photographs, string model)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(photographs.Take(TrainingImages)
            .Select((path, i) => new ImageRow { ImagePath = path, Label = $"class {i % 6}" }));
        using SentimentTransformer student = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Student = Students.Compact, Loss = DistillationLosses.HardLabels, Epochs = 1,
        }).Fit(ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows));
        student.SaveAsOnnx(model);
    }

    private static string Text(double[] values) =>
        string.Join(", ", values.Select(value => value.ToString("0", CultureInfo.InvariantCulture)));

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
