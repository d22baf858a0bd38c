using System.Diagnostics;
using System.Globalization;

namespace VisualSentiment.Benchmarks.Load;

/// <summary>
/// Uploads images to the sample WebDetector from 200 clients at a time, while its model file is replaced every second
/// by another model, a damaged file, and none. Every answer is compared with the known ones.
/// </summary>
internal static class LoadRun
{
    private const double MinShare = 0.85, MaxGrowth = 1.1;

    private static readonly TimeSpan SwapInterval = TimeSpan.FromSeconds(1);

    public static int Run(LoadSettings settings, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("visualsentiment-load-").FullName;
        try
        {
            return RunAsync(settings, folder, cancellation).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(LoadSettings settings, string folder, CancellationToken cancellation)
    {
        Print($"Training two models and computing the answers");
        var images = LoadImages.Create(settings.Data, folder, cancellation);
        string model = Path.Combine(folder, "sentiment.onnx");
        await File.WriteAllBytesAsync(model, images.Models[0], cancellation);
        using var server = new LoadServer(model, queue: 2 * LoadClients.Count);
        using (var warmUp = new LoadClients(server.Address, images))
            await UploadAsync(warmUp, TimeSpan.FromSeconds(Math.Max(1, settings.Seconds / 10)), cancellation);

        var half = TimeSpan.FromSeconds(settings.Seconds / 2.0);
        double before = PredictMany(images, half, cancellation);
        using var clients = new LoadClients(server.Address, images);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<List<long>> memory = WatchAsync(server, stop.Token);
        Task swaps = SwapAsync(images, model, stop.Token);
        double seconds = await UploadAsync(clients, TimeSpan.FromSeconds(settings.Seconds), cancellation);
        await stop.CancelAsync();
        List<long> samples = await memory;
        await swaps;
        double after = PredictMany(images, half, cancellation);

        double rate = clients.Seconds.Count / seconds, share = rate / ((before + after) / 2);
        // The first quarter is the warm-up.
        long[] settled = [.. samples.Skip(samples.Count / 4)];
        double growth = settled.Length < 2 || settled[0] == 0 ? 1
            : settled.Skip(settled.Length / 2).Average() / settled.Take(settled.Length / 2).Average();
        Print($"{clients.Seconds.Count} answers in {seconds:0.0} s: {clients.ByModel[0]} by the first model,");
        Print($"  {clients.ByModel[1]} by the second, {clients.Refused} images refused");
        Print($"{rate:0} images per second; PredictMany {before:0} before and {after:0} after; share {share:P0}");
        double Milliseconds(double quantile) => 1000 * Statistics.Quantile(clients.Seconds, quantile);
        Print($"latency p50 {Milliseconds(0.5):0} ms, p99 {Milliseconds(0.99):0} ms");
        double Megabytes(Func<IEnumerable<long>, long> pick) => pick(settled.DefaultIfEmpty()) / 1e6;
        Print($"memory of the server {Megabytes(Enumerable.Min):0} to {Megabytes(Enumerable.Max):0} MB after warm-up;");
        Print($"  the mean of the second half is {growth:0.00} times that of the first");

        string[] problems =
        [
            .. clients.Failures.Select(failure => $"{failure.Value} x {failure.Key}"),
            .. server.HasExited ? ["the server ended"] : Array.Empty<string>(),
            .. clients.ByModel.Contains(0) ? ["a model was never used"] : Array.Empty<string>(),
            .. growth > MaxGrowth ? ["the memory grew"] : Array.Empty<string>(),
            .. share < MinShare ? ["the share is below 85%"] : Array.Empty<string>(),
        ];
        Print($"{(problems.Length == 0 ? "passed" : $"failed: {string.Join("; ", problems)}")}");
        return problems.Length == 0 ? 0 : 1;
    }

    private static async Task<double> UploadAsync(
        LoadClients clients, TimeSpan duration, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(duration);
        long start = Stopwatch.GetTimestamp();
        await clients.RunAsync(stop.Token);
        cancellation.ThrowIfCancellationRequested();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Images per second of the same mixture, hostile ones included.</summary>
    private static double PredictMany(LoadImages images, TimeSpan duration, CancellationToken cancellation)
    {
        using var detector = SentimentDetector.Load(images.Models[0], LoadImages.Options);
        var random = new Random(1);
        long start = Stopwatch.GetTimestamp();
        IEnumerable<ReadOnlyMemory<byte>> Endless()
        {
            while (Stopwatch.GetElapsedTime(start) < duration)
                yield return images.All[random.Next(images.All.Length)].Bytes;
        }
        int count = detector.PredictMany(Endless(), cancellationToken: cancellation).Count();
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task SwapAsync(LoadImages images, string model, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(SwapInterval);
        try
        {
            for (int i = 0; await timer.WaitForNextTickAsync(stop); i++)
            {
                // A good model, a damaged file, no file.
                if (i % 3 == 2)
                {
                    File.Delete(model);
                    continue;
                }
                byte[] good = images.Models[(i / 3 + 1) % images.Models.Length];
                byte[] content = i % 3 == 0 ? good : good[..(good.Length / 2)];
                await File.WriteAllBytesAsync(model + ".new", content, CancellationToken.None);
                File.Move(model + ".new", model, overwrite: true);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static async Task<List<long>> WatchAsync(LoadServer server, CancellationToken stop)
    {
        List<long> samples = [];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                samples.Add(server.ReadMemory());
        }
        catch (OperationCanceledException)
        {
        }
        return samples;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
