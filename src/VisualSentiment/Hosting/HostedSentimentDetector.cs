using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using VisualSentiment.Hosting;
using VisualSentiment.Imaging;

namespace VisualSentiment;

/// <summary>
/// The detector that <c>AddVisualSentiment</c> registers. It limits the number of predictions at the same time,
/// measures them, and replaces the model when its file changes. Thread-safe; the service provider disposes it.
/// </summary>
/// <remarks>
/// <para>
/// Predictions fail with a <see cref="DetectorBusyException"/> if <see cref="VisualSentimentOptions.QueueLimit"/>
/// others wait. A stream or file is read before the wait, so a slow upload does not delay others.
/// </para>
/// <para>
/// A <see cref="SentimentDetector"/> is not registered, because a reload would replace it.
/// <see cref="RunAsync{T}(Func{SentimentDetector, T}, CancellationToken)"/> provides the current one.
/// </para>
/// </remarks>
public sealed class HostedSentimentDetector : ISentimentDetector, IDisposable
{
    private readonly VisualSentimentOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ConcurrencyLimiter _limiter;
    private readonly DetectorTelemetry _telemetry;
    private readonly ModelReloader? _reloader;
    private volatile LoadedModel _current;
    private volatile ReloadFailure? _lastFailure;
    private volatile bool _disposed;

    /// <exception cref="InvalidModelException">The model cannot be loaded.</exception>
    internal HostedSentimentDetector(
        string name, VisualSentimentOptions options, ILogger logger, IMeterFactory? meters, TimeProvider time)
    {
        Name = name;
        ModelPath = Path.GetFullPath(options.ModelPath);
        _options = options;
        _logger = logger;
        _time = time;
        FileVersion? version = FileVersion.Of(ModelPath);
        long start = Stopwatch.GetTimestamp();
        _current = new LoadedModel(Load(options.WarmUp), time.GetUtcNow());
        HostingLog.Loaded(logger, name, ModelPath, Classes.Count, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        _telemetry = new DetectorTelemetry(meters, logger, name);
        _limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = options.MaxConcurrency,
            QueueLimit = options.QueueLimit,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        if (options.HotReload)
            _reloader = new ModelReloader(this, version, logger, time);
    }

    /// <summary>Gets the name of the model: the key of its services, or <c>default</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the full path of the model.</summary>
    public string ModelPath { get; }

    /// <inheritdoc/>
    /// <remarks>A reload does not change the classes.</remarks>
    public IReadOnlyList<string> Classes => _current.Detector.Classes;

    /// <summary>Gets the description of the current model, from its metadata.</summary>
    public SentimentModelInfo Info => _current.Detector.Info;

    /// <summary>Gets the time when the current model was loaded.</summary>
    public DateTimeOffset LoadedAt => _current.LoadedAt;

    /// <summary>Why the file of the model cannot replace the current model; null if it can, or did.</summary>
    internal ReloadFailure? LastFailure => _lastFailure;

    /// <inheritdoc/>
    /// <exception cref="DetectorBusyException">Too many predictions wait.</exception>
    public SentimentPrediction Predict(ReadOnlyMemory<byte> encoded) => Run(detector => detector.Predict(encoded));

    /// <inheritdoc/>
    /// <exception cref="DetectorBusyException">Too many predictions wait.</exception>
    public SentimentPrediction Predict(Stream encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        using PooledBytes bytes = Read(
            () => PooledBytes.Read(encoded, PixelPreprocessor.EncodedImage, _options.Limits));
        return Run(detector => detector.PredictEncoded(bytes.Span, PixelPreprocessor.EncodedImage));
    }

    /// <inheritdoc/>
    /// <exception cref="DetectorBusyException">Too many predictions wait.</exception>
    public SentimentPrediction Predict(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using PooledBytes bytes = Read(() => ImageFile.Read(path, _options.Limits));
        return Run(detector => detector.PredictEncoded(bytes.Span, path));
    }

    /// <inheritdoc/>
    /// <exception cref="DetectorBusyException">Too many predictions wait.</exception>
    public Task<SentimentPrediction> PredictAsync(
        ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default) =>
        RunAsync(detector => detector.Predict(encoded), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="DetectorBusyException">Too many predictions wait.</exception>
    public Task<SentimentPrediction> PredictAsync(Stream encoded, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return PredictAsync(encoded, PixelPreprocessor.EncodedImage, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="DetectorBusyException">Too many predictions wait.</exception>
    public async Task<SentimentPrediction> PredictAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        await using FileStream file = Read(() => ImageFile.Open(path, FileOptions.Asynchronous));
        return await PredictAsync(file, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs work with the current model on a thread of the pool, within the limit on predictions. It counts as a
    /// prediction in metrics.
    /// </summary>
    /// <param name="work">
    /// The work, for example <c>detector => detector.Explain(image)</c>. It must not keep the detector, which a reload
    /// disposes after the work has ended, nor use the hosted detector, whose limit could block it.
    /// </param>
    /// <param name="cancellationToken">Cancels the work if it has not started.</param>
    /// <returns>The result of the work.</returns>
    /// <exception cref="DetectorBusyException">Too many predictions wait.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<T> RunAsync<T>(Func<SentimentDetector, T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        using TimedCall call = _telemetry.Start();
        try
        {
            using RateLimitLease permit = await AcquireAsync(cancellationToken).ConfigureAwait(false);
            T result = await Task.Run(() => RunOnCurrent(work), CancellationToken.None).ConfigureAwait(false);
            call.Succeed();
            return result;
        }
        catch (Exception e)
        {
            call.Fail(e);
            throw;
        }
    }

    /// <summary>Frees the model when the predictions in progress have finished. Waiting predictions fail.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _reloader?.Dispose();
        _disposed = true;
        _limiter.Dispose();
        _current.Return();
        _telemetry.Dispose();
    }

    /// <summary>Loads the file, computes a prediction with it, and replaces the current model.</summary>
    /// <exception cref="InvalidModelException">The file cannot replace the model.</exception>
    internal void Reload()
    {
        long start = Stopwatch.GetTimestamp();
        SentimentDetector next = Load(test: true);
        if (!next.Classes.SequenceEqual(Classes))
        {
            string classes = string.Join(", ", next.Classes);
            next.Dispose();
            throw new InvalidModelException(ModelPath, $"its classes are {classes}, but those of the current model are "
                + $"{string.Join(", ", Classes)}; restart the application to change the classes");
        }
        LoadedModel previous = _current;
        _current = new LoadedModel(next, _time.GetUtcNow());
        previous.Return();
        _lastFailure = null;
        _telemetry.Reloaded(succeeded: true);
        HostingLog.Reloaded(_logger, Name, ModelPath, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Records that <see cref="Reload"/> failed.</summary>
    internal void ReloadFailed(Exception error)
    {
        _lastFailure = new ReloadFailure(_time.GetUtcNow(), error.Message);
        _telemetry.Reloaded(succeeded: false);
        HostingLog.ReloadFailed(_logger, Name, ModelPath, error);
    }

    /// <summary>Records that the file was deleted.</summary>
    internal void FileMissing()
    {
        _lastFailure = new ReloadFailure(_time.GetUtcNow(), $"The file '{ModelPath}' is missing.");
        HostingLog.FileMissing(_logger, Name, ModelPath);
    }

    private SentimentDetector Load(bool test)
    {
        var detector = SentimentDetector.Load(ModelPath, _options.ToDetectorOptions());
        try
        {
            if (test)
                detector.PredictPixels(new byte[PixelFormat.ByteCount]);
            return detector;
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    private async Task<SentimentPrediction> PredictAsync(
        Stream encoded, string name, CancellationToken cancellationToken)
    {
        PooledBytes bytes;
        try
        {
            bytes = await PooledBytes.ReadAsync(encoded, name, _options.Limits, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _telemetry.Fail(e);
            throw;
        }
        using (bytes)
            return await RunAsync(detector => detector.PredictEncoded(bytes.Span, name), cancellationToken)
                .ConfigureAwait(false);
    }

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
        {
            _telemetry.Fail(e);
            throw;
        }
    }

    /// <summary>Runs work on this thread.</summary>
    private T Run<T>(Func<SentimentDetector, T> work)
    {
        using TimedCall call = _telemetry.Start();
        try
        {
            using RateLimitLease permit = AcquireAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            T result = RunOnCurrent(work);
            call.Succeed();
            return result;
        }
        catch (Exception e)
        {
            call.Fail(e);
            throw;
        }
    }

    private async ValueTask<RateLimitLease> AcquireAsync(CancellationToken cancellationToken)
    {
        ValueTask<RateLimitLease> acquiring = _limiter.AcquireAsync(1, cancellationToken);
        bool waits = !acquiring.IsCompleted;
        if (waits)
            _telemetry.Queue(1);
        try
        {
            RateLimitLease lease = await acquiring.ConfigureAwait(false);
            if (lease.IsAcquired)
                return lease;
            ObjectDisposedException.ThrowIf(_disposed, this);
            throw new DetectorBusyException(Name, _options.MaxConcurrency, _options.QueueLimit);
        }
        finally
        {
            if (waits)
                _telemetry.Queue(-1);
        }
    }

    private T RunOnCurrent<T>(Func<SentimentDetector, T> work)
    {
        LoadedModel model = _current;
        while (!model.TryRent())
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            model = _current;
        }
        try
        {
            return work(model.Detector);
        }
        finally
        {
            model.Return();
        }
    }
}
