using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VisualSentiment.Tests.Prediction;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Hosting;

public sealed class HostedPredictionTests : IDisposable
{
    private readonly HostedModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Every_way_to_give_an_image_gives_the_prediction_of_the_model()
    {
        await _model.StartAsync();
        ISentimentDetector detector = _model.Detector;
        string path = _model["image.png"];
        File.WriteAllBytes(path, HostedModel.Image);
        var expected = HostedModel.Predict(ExportedStudent.Create());
        using var predictions = _model.Collect<long>("visualsentiment.predictions");
        using var durations = _model.Collect<double>("visualsentiment.duration");

        Assert.Equal(expected, detector.Predict(HostedModel.Image));
        Assert.Equal(expected, detector.Predict(new MemoryStream(HostedModel.Image)));
        Assert.Equal(expected, detector.Predict(path));
        Assert.Equal(expected, await detector.PredictAsync(HostedModel.Image, Token));
        Assert.Equal(expected, await detector.PredictAsync(new AsynchronousStream(HostedModel.Image), Token));
        Assert.Equal(expected, await detector.PredictAsync(path, Token));
        Assert.Equal(expected, await _model.Detector.RunAsync(current => current.Predict(path), Token));

        Assert.Equal(7, predictions.GetMeasurementSnapshot().Sum(measurement => measurement.Value));
        Assert.All(predictions.GetMeasurementSnapshot(), measurement => Assert.Equal("default", measurement.Tags["visualsentiment.model"]));
        Assert.Equal(7, durations.GetMeasurementSnapshot().Count);
        Assert.All(durations.GetMeasurementSnapshot(), measurement => Assert.InRange(measurement.Value, 1e-6, 60));
    }

    [Fact]
    public async Task Failures_are_counted_by_kind()
    {
        await _model.StartAsync();
        var detector = _model.Detector;
        using var failures = _model.Collect<long>("visualsentiment.failures");
        using var predictions = _model.Collect<long>("visualsentiment.predictions");
        var canceled = new CancellationToken(canceled: true);

        Assert.Throws<UnreadableImageException>(() => detector.Predict("no image"u8.ToArray()));
        Assert.Throws<UnreadableImageException>(() => detector.Predict("nowhere.jpg"));
        Assert.Throws<UnreadableImageException>(() => detector.Predict(new AsynchronousStream(HostedModel.Image)));
        await Assert.ThrowsAsync<UnreadableImageException>(() => detector.PredictAsync("no image"u8.ToArray(), Token));
        await Assert.ThrowsAsync<UnreadableImageException>(() => detector.PredictAsync("nowhere.jpg", Token));
        await Assert.ThrowsAsync<UnreadableImageException>(() => detector.PredictAsync(new MemoryStream("no image"u8.ToArray()), Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detector.PredictAsync(HostedModel.Image, canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detector.PredictAsync(new AsynchronousStream(HostedModel.Image), canceled));
        await Assert.ThrowsAsync<InvalidDataException>(() => detector.RunAsync<int>(_ => throw new InvalidDataException(), Token));

        Assert.Equal([("_OTHER", 1), ("canceled", 2), ("unreadable_image", 6)], failures.GetMeasurementSnapshot()
            .CountBy(measurement => (string)measurement.Tags["error.type"]!).Select(kind => (kind.Key, kind.Value)).Order());
        Assert.Empty(predictions.GetMeasurementSnapshot());
        Assert.All(_model.LogsOf(6), log => Assert.Equal((LogLevel.Debug, true), (log.Level, log.Exception is not null)));
    }

    [Fact]
    public async Task A_full_queue_refuses_and_a_slow_upload_does_not_fill_it()
    {
        await _model.StartAsync(options => (options.MaxConcurrency, options.QueueLimit) = (1, 1));
        var detector = _model.Detector;
        using var failures = _model.Collect<long>("visualsentiment.failures");
        using var queue = _model.Collect<long>("visualsentiment.queue.length");
        using var gate = new ManualResetEventSlim();
        var upload = new TaskCompletionSource();
        Task slow = detector.PredictAsync(new WaitingStream(upload.Task), Token);

        Task<int> running = detector.RunAsync(_ => Block(gate), Token);
        Task<SentimentPrediction> waiting = detector.PredictAsync(HostedModel.Image, Token);
        var busy = await Assert.ThrowsAsync<DetectorBusyException>(() => detector.PredictAsync(HostedModel.Image, Token));
        Assert.Throws<DetectorBusyException>(() => detector.Predict(HostedModel.Image));

        Assert.Equal("default", busy.Model);
        Assert.Contains("MaxConcurrency is 1, QueueLimit is 1", busy.Message, StringComparison.Ordinal);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, queue.GetMeasurementSnapshot().Sum(measurement => measurement.Value));
        gate.Set();
        Assert.Equal(7, await running);
        Assert.Equal(HostedModel.Predict(ExportedStudent.Create()), await waiting);
        Assert.Equal(0, queue.GetMeasurementSnapshot().Sum(measurement => measurement.Value));
        Assert.Equal(["queue_full", "queue_full"], failures.GetMeasurementSnapshot().Select(measurement => measurement.Tags["error.type"]));
        upload.SetResult();
        await Assert.ThrowsAsync<UnreadableImageException>(() => slow);
    }

    [Fact]
    public async Task A_waiting_prediction_can_be_canceled()
    {
        await _model.StartAsync(options => options.MaxConcurrency = 1);
        var detector = _model.Detector;
        using var gate = new ManualResetEventSlim();
        using var source = new CancellationTokenSource();
        Task<int> running = detector.RunAsync(_ => Block(gate), Token);
        Task<SentimentPrediction> waiting = detector.PredictAsync(HostedModel.Image, source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Set();
        await running;
        await detector.PredictAsync(HostedModel.Image, Token);
    }

    [Fact]
    public async Task Disposal_ends_after_the_work_in_progress()
    {
        await _model.StartAsync(options => options.MaxConcurrency = 1);
        var detector = _model.Detector;
        using var gate = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        Task<SentimentPrediction> running = detector.RunAsync(current =>
        {
            started.SetResult();
            gate.Wait(Token);
            return current.Predict(HostedModel.Image);
        }, Token);
        Task<SentimentPrediction> waiting = detector.PredictAsync(HostedModel.Image, Token);
        await started.Task;

        detector.Dispose();
        detector.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        gate.Set();
        Assert.Equal(HostedModel.Predict(ExportedStudent.Create()), await running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => detector.PredictAsync(HostedModel.Image, Token));
        Assert.Throws<ObjectDisposedException>(() => detector.Predict(HostedModel.Image));
    }

    [Fact]
    public async Task Predictions_are_activities()
    {
        List<Activity> activities = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "VisualSentiment",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (activities)
                    activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await _model.StartAsync(services => services.AddKeyedVisualSentiment("traced", _model.ModelPath));
        var detector = _model.Services.GetRequiredKeyedService<ISentimentDetector>("traced");

        await detector.PredictAsync(HostedModel.Image, Token);
        await Assert.ThrowsAsync<UnreadableImageException>(() => detector.PredictAsync("no image"u8.ToArray(), Token));

        // Other tests run at the same time.
        Activity[] traced;
        lock (activities)
            traced = [.. activities.Where(activity => (string?)activity.GetTagItem("visualsentiment.model") == "traced")];
        Assert.Equal(["visualsentiment.predict", "visualsentiment.predict"], traced.Select(activity => activity.OperationName));
        Assert.Equal([(ActivityStatusCode.Unset, null), (ActivityStatusCode.Error, "unreadable_image")],
            traced.Select(activity => (activity.Status, (string?)activity.GetTagItem("error.type"))));
    }

    private static int Block(ManualResetEventSlim gate)
    {
        gate.Wait(Token);
        return 7;
    }

    /// <summary>An upload that waits, and then ends without content.</summary>
    private sealed class WaitingStream(Task end) : MemoryStream
    {
        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await end.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
