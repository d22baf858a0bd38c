using Microsoft.Extensions.Diagnostics.HealthChecks;
using VisualSentiment;

namespace WebDetector;

/// <summary>The path of the model file, and the options of its detector.</summary>
internal sealed record ModelSettings(string Path, Action<VisualSentimentOptions> Configure);

/// <summary>
/// The detector. If there was no model file when the application started, the first request after the file has appeared
/// loads it.
/// </summary>
internal sealed class EmotionModel(ModelSettings settings, IServiceProvider services, ILoggerFactory logging)
    : IHealthCheck, IDisposable
{
    private readonly Lock _gate = new();
    private ServiceProvider? _late;

    /// <exception cref="NoModelException">There is no model file.</exception>
    /// <exception cref="InvalidModelException">The model that appeared is damaged.</exception>
    public HostedSentimentDetector Detector => services.GetService<HostedSentimentDetector>() ?? LoadLate();

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return Task.FromResult(HealthCheckResult.Healthy($"Loaded at {Detector.LoadedAt:u}."));
        }
        catch (Exception e) when (e is NoModelException or InvalidModelException)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy(e.Message));
        }
    }

    public void Dispose() => _late?.Dispose();

    private HostedSentimentDetector LoadLate()
    {
        lock (_gate)
        {
            if (_late is null)
            {
                if (!File.Exists(settings.Path))
                    throw new NoModelException(settings.Path);
                var late = new ServiceCollection().AddSingleton(logging).AddLogging();
                late.AddVisualSentiment(settings.Path, settings.Configure).WithHotReload();
                ServiceProvider provider = late.BuildServiceProvider();
                try
                {
                    provider.GetRequiredService<HostedSentimentDetector>();
                }
                catch
                {
                    provider.Dispose();
                    throw;
                }
                _late = provider;
            }
            return _late.GetRequiredService<HostedSentimentDetector>();
        }
    }
}

internal sealed class NoModelException(string path) : Exception(
    $"The file '{path}' does not exist. Train a model with `dotnet run -c Release --project samples/Distill`, which "
    + "writes output/distill/sentiment.onnx, or with `visualsentiment train FOLDER`, which writes student.onnx, and "
    + "copy the file to this path. The server uses it without a restart.");
