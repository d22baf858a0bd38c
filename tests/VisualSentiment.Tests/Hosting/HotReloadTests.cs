using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VisualSentiment.Hosting;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Hosting;

public sealed class HotReloadTests : IDisposable
{
    private static readonly byte[] First = ExportedStudent.Create(), Second = ExportedStudent.Create(seed: 8);
    private static readonly SentimentPrediction OfFirst = HostedModel.Predict(First), OfSecond = HostedModel.Predict(Second);

    private readonly HostedModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task A_changed_file_replaces_the_model()
    {
        await _model.StartAsync(hotReload: true);
        using var reloads = _model.Collect<long>("visualsentiment.reloads");
        var loadedAt = _model.Detector.LoadedAt;
        _model.Write(Second);
        Assert.Equal(OfFirst, _model.Detector.Predict(HostedModel.Image));

        _model.WaitForReload();

        Assert.Equal(OfSecond, _model.Detector.Predict(HostedModel.Image));
        Assert.True(_model.Detector.LoadedAt > loadedAt);
        var reload = Assert.Single(reloads.GetMeasurementSnapshot());
        Assert.Equal(("success", "default"), (reload.Tags["visualsentiment.reload.result"], reload.Tags["visualsentiment.model"]));
        Assert.Equal(LogLevel.Information, Assert.Single(_model.LogsOf(2)).Level);
    }

    [Fact]
    public async Task Without_hot_reload_the_model_stays()
    {
        await _model.StartAsync();
        _model.Write(Second);

        _model.WaitForReload();

        Assert.Equal(OfFirst, _model.Detector.Predict(HostedModel.Image));
    }

    [Fact]
    public async Task A_bad_file_is_logged_and_counted_once_and_the_model_stays()
    {
        await _model.StartAsync(hotReload: true);
        using var reloads = _model.Collect<long>("visualsentiment.reloads");
        _model.Write(Second[..^100]);

        _model.WaitForReload();
        _model.WaitForReload();

        Assert.Equal(OfFirst, _model.Detector.Predict(HostedModel.Image));
        Assert.Equal("failure", Assert.Single(reloads.GetMeasurementSnapshot()).Tags["visualsentiment.reload.result"]);
        var log = Assert.Single(_model.LogsOf(3));
        Assert.Equal(LogLevel.Error, log.Level);
        Assert.IsType<InvalidModelException>(log.Exception);

        _model.Write(Second);
        _model.WaitForReload();

        Assert.Equal(OfSecond, _model.Detector.Predict(HostedModel.Image));
    }

    [Fact]
    public async Task A_model_that_cannot_predict_is_not_used()
    {
        await _model.StartAsync(options => options.WarmUp = false, hotReload: true);
        _model.Write(BuiltStudent.Create(new() { Classes = ExportedStudent.Classes },
            (graph, value) => graph.AddLinear("fc", graph.AddMeans(value), [.. Enumerable.Repeat(float.NaN, 9)], new float[3])));

        _model.WaitForReload();

        Assert.Equal(OfFirst, _model.Detector.Predict(HostedModel.Image));
        Assert.Contains("not numbers", Assert.Single(_model.LogsOf(3)).Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_with_other_classes_is_not_used()
    {
        await _model.StartAsync(hotReload: true);
        _model.Write(ExportedStudent.Create(classes: ["anger", "amusement", "awe"]));

        _model.WaitForReload();

        Assert.Equal(ExportedStudent.Classes, _model.Detector.Classes);
        Assert.Contains("its classes are anger, amusement, awe",
            Assert.Single(_model.LogsOf(3)).Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_locked_file_is_read_when_it_is_unlocked()
    {
        await _model.StartAsync(hotReload: true);
        using var reloads = _model.Collect<long>("visualsentiment.reloads");
        _model.Write(Second);
        using (new FileStream(_model.ModelPath, FileMode.Open, FileAccess.Read, FileShare.None))
        {
            _model.WaitForReload();
            _model.WaitForReload();
        }
        Assert.Equal(OfFirst, _model.Detector.Predict(HostedModel.Image));

        _model.WaitForReload();

        Assert.Equal(OfSecond, _model.Detector.Predict(HostedModel.Image));
        Assert.Equal(["failure", "success"],
            reloads.GetMeasurementSnapshot().Select(reload => reload.Tags["visualsentiment.reload.result"]));
    }

    [Fact]
    public async Task A_deleted_file_leaves_the_model_and_a_new_one_replaces_it()
    {
        await _model.StartAsync(hotReload: true);
        File.Delete(_model.ModelPath);

        _model.WaitForReload();
        _model.WaitForReload();

        Assert.Equal(OfFirst, _model.Detector.Predict(HostedModel.Image));
        Assert.Equal(LogLevel.Warning, Assert.Single(_model.LogsOf(4)).Level);

        File.WriteAllBytes(_model.ModelPath, Second);
        _model.WaitForReload();

        Assert.Equal(OfSecond, _model.Detector.Predict(HostedModel.Image));
    }

    [Fact]
    public async Task A_file_is_not_read_while_it_changes()
    {
        await _model.StartAsync(hotReload: true);
        using var reloads = _model.Collect<long>("visualsentiment.reloads");
        _model.Time.Advance(ModelReloader.Interval);

        for (int length = 1000; length < Second.Length; length += 100)
        {
            File.WriteAllBytes(_model.ModelPath, Second[..length]);
            _model.Time.Advance(ModelReloader.Debounce);
        }
        File.WriteAllBytes(_model.ModelPath, Second);
        _model.Time.Advance(ModelReloader.Debounce);
        Assert.Empty(reloads.GetMeasurementSnapshot());
        _model.WaitForReload();

        Assert.Equal("success", Assert.Single(reloads.GetMeasurementSnapshot()).Tags["visualsentiment.reload.result"]);
        Assert.Equal(OfSecond, _model.Detector.Predict(HostedModel.Image));
    }

    [Fact]
    public async Task The_target_of_links_is_watched()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links require a privilege.");
        // The layout of a volume that Kubernetes mounts.
        File.WriteAllBytes(_model["volume/v1/sentiment.onnx"], First);
        File.WriteAllBytes(_model["volume/v2/sentiment.onnx"], Second);
        File.SetLastWriteTimeUtc(_model["volume/v2/sentiment.onnx"], DateTime.UtcNow.AddSeconds(1));
        File.CreateSymbolicLink(_model["volume/..data"], "v1");
        File.CreateSymbolicLink(_model["volume/sentiment.onnx"], "..data/sentiment.onnx");
        await _model.StartAsync(services => services.AddVisualSentiment(_model["volume/sentiment.onnx"]).WithHotReload());
        Assert.Equal(OfFirst, _model.Detector.Predict(HostedModel.Image));

        File.Delete(_model["volume/..data"]);
        File.CreateSymbolicLink(_model["volume/..data"], "v2");
        _model.WaitForReload();

        Assert.Equal(OfSecond, _model.Detector.Predict(HostedModel.Image));
    }

    [Fact]
    public async Task A_folder_that_was_replaced_is_checked_without_notifications()
    {
        string path = _model["models/sentiment.onnx"];
        File.WriteAllBytes(path, First);
        await _model.StartAsync(services => services.AddVisualSentiment(path).WithHotReload());
        Directory.Delete(_model["models"], recursive: true);
        _model.WaitForReload();

        File.WriteAllBytes(_model["models/sentiment.onnx"], Second);
        _model.WaitForReload();

        Assert.Equal(OfSecond, _model.Detector.Predict(HostedModel.Image));
    }

    [Fact]
    public async Task A_notification_starts_a_reload_in_real_time()
    {
        var request = new AsyncLocal<string> { Value = "first" };
        string?[] requests = ["", ""];
        int sessions = 0;
        await _model.StartAsync(services =>
        {
            services.AddSingleton(TimeProvider.System);
            services.AddVisualSentiment(_model.ModelPath, options => options.ConfigureSession = _ => requests[sessions++] = request.Value)
                .WithHotReload();
        });
        _model.Write(Second);

        for (int i = 0; i < 600 && !OfSecond.Equals(_model.Detector.Predict(HostedModel.Image)); i++)
            await Task.Delay(50, Token);

        Assert.Equal(OfSecond, _model.Detector.Predict(HostedModel.Image));
        // A reload does not run in the context of the request that has loaded the first model.
        Assert.Equal(("first", null), (requests[0], requests[1]));
    }

    [Fact]
    public async Task The_old_model_is_disposed_after_its_last_use()
    {
        await _model.StartAsync(options => options.MaxConcurrency = 1, hotReload: true);
        using var gate = new ManualResetEventSlim();
        var started = new TaskCompletionSource<SentimentDetector>();
        Task<SentimentPrediction> running = _model.Detector.RunAsync(current =>
        {
            started.SetResult(current);
            gate.Wait(Token);
            return current.Predict(HostedModel.Image);
        }, Token);
        SentimentDetector old = await started.Task;

        _model.Write(Second);
        _model.WaitForReload();

        Assert.Equal(OfFirst, old.Predict(HostedModel.Image));
        gate.Set();
        Assert.Equal(OfFirst, await running);
        Assert.Throws<ObjectDisposedException>(() => old.Predict(HostedModel.Image));
        Assert.Equal(OfSecond, await _model.Detector.PredictAsync(HostedModel.Image, Token));
    }

    [Fact]
    public async Task Reloads_under_load_give_no_wrong_and_no_lost_answer()
    {
        await _model.StartAsync(options => options.QueueLimit = 1000, hotReload: true);
        var detector = _model.Detector;
        using var stop = new CancellationTokenSource();
        int predictions = 0;
        Task<int>[] clients = [.. Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
        {
            int changes = 0;
            SentimentPrediction last = OfFirst;
            while (!stop.IsCancellationRequested)
            {
                SentimentPrediction prediction = client % 2 == 0 ? await detector.PredictAsync(HostedModel.Image, Token)
                    : detector.Predict(HostedModel.Image);
                Assert.Contains(prediction, new[] { OfFirst, OfSecond });
                Interlocked.Increment(ref predictions);
                changes += prediction.Equals(last) ? 0 : 1;
                last = prediction;
            }
            return changes;
        }, Token))];

        for (int i = 0; i < 30; i++)
        {
            switch (i % 3)
            {
                case 0:
                    _model.Write(i % 2 == 0 ? Second : First);
                    break;
                case 1:
                    _model.Write("damaged"u8.ToArray());
                    break;
                default:
                    File.Delete(_model.ModelPath);
                    break;
            }
            _model.WaitForReload();
            for (int before = predictions; predictions < before + 20 && clients.All(client => !client.IsCompleted);)
                await Task.Delay(1, Token);
        }
        await stop.CancelAsync();

        // A client sees at most as many changes as there were replacements: an old answer never returns.
        int[] changes = await Task.WhenAll(clients);
        Assert.All(changes, count => Assert.InRange(count, 0, 10));
        Assert.NotEqual(0, changes.Sum());
        Assert.Equal(10, _model.LogsOf(2).Length);
    }

    [Fact]
    public async Task Disposal_ends_the_watch()
    {
        await _model.StartAsync(hotReload: true);
        _model.Detector.Dispose();
        _model.Write(Second);

        _model.WaitForReload();

        Assert.Empty(_model.LogsOf(2).Concat(_model.LogsOf(3)));
    }
}
