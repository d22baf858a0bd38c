using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace VisualSentiment.Hosting;

/// <summary>The metrics and traces of predictions. docs/hosting.md lists them.</summary>
internal sealed class DetectorTelemetry : IDisposable
{
    private const string SourceName = "VisualSentiment";
    private const string ModelTag = "visualsentiment.model";
    private const string ErrorTag = "error.type";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly string _name;
    private readonly KeyValuePair<string, object?> _model;
    private readonly ILogger _logger;
    private readonly Meter? _ownMeter;
    private readonly Counter<long> _predictions, _failures, _reloads;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _queue;

    /// <param name="meters">Creates the meter and disposes it; null if there is no such service.</param>
    /// <param name="logger">Receives the failures.</param>
    /// <param name="model">The name of the model.</param>
    public DetectorTelemetry(IMeterFactory? meters, ILogger logger, string model)
    {
        _name = model;
        _model = new(ModelTag, model);
        _logger = logger;
        _ownMeter = meters is null ? new Meter(SourceName) : null;
        Meter meter = meters?.Create(SourceName) ?? _ownMeter!;
        _predictions = meter.CreateCounter<long>(
            "visualsentiment.predictions", "{prediction}", "The number of predictions that succeeded.");
        _failures = meter.CreateCounter<long>(
            "visualsentiment.failures", "{prediction}", "The number of predictions that failed.");
        _duration = meter.CreateHistogram("visualsentiment.duration", "s",
            "The time from the encoded image to the prediction, with the wait for other predictions.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            });
        _queue = meter.CreateUpDownCounter<long>(
            "visualsentiment.queue.length", "{prediction}", "The number of predictions that wait for others.");
        _reloads = meter.CreateCounter<long>(
            "visualsentiment.reloads", "{reload}", "The number of times that a changed model was read.");
    }

    public TimedCall Start() =>
        new(this, Source.StartActivity("visualsentiment.predict")?.SetTag(ModelTag, _name));

    public void Fail(Exception error)
    {
        _failures.Add(1, _model, new(ErrorTag, KindOf(error)));
        HostingLog.PredictionFailed(_logger, _name, error);
    }

    public void Queue(int change) => _queue.Add(change, _model);

    public void Reloaded(bool succeeded) =>
        _reloads.Add(1, _model, new("visualsentiment.reload.result", succeeded ? "success" : "failure"));

    public void Dispose() => _ownMeter?.Dispose();

    internal void Succeed(TimeSpan elapsed)
    {
        _predictions.Add(1, _model);
        _duration.Record(elapsed.TotalSeconds, _model);
    }

    internal void Fail(Exception error, TimeSpan elapsed, Activity? activity)
    {
        Fail(error);
        string kind = KindOf(error);
        _duration.Record(elapsed.TotalSeconds, _model, new(ErrorTag, kind));
        activity?.SetTag(ErrorTag, kind).SetStatus(ActivityStatusCode.Error, error.Message);
    }

    private static string KindOf(Exception error) => error switch
    {
        UnreadableImageException => "unreadable_image",
        DetectorBusyException => "queue_full",
        OperationCanceledException => "canceled",
        InvalidModelException => "invalid_model",
        _ => "_OTHER",
    };
}

/// <summary>A prediction that is measured.</summary>
internal readonly struct TimedCall(DetectorTelemetry telemetry, Activity? activity) : IDisposable
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public void Succeed() => telemetry.Succeed(Stopwatch.GetElapsedTime(_start));

    public void Fail(Exception error) => telemetry.Fail(error, Stopwatch.GetElapsedTime(_start), activity);

    public void Dispose() => activity?.Dispose();
}
