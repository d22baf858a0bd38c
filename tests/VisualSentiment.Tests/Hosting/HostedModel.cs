using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using VisualSentiment.Hosting;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Hosting;

/// <summary>A model in a folder of its own, and a host whose time stands still.</summary>
internal sealed class HostedModel : IDisposable
{
    public static readonly byte[] Image = TestImage.Encode(1);

    private readonly TemporaryFolder _folder = new();
    private IHost? _host;

    public HostedModel() => Write(ExportedStudent.Create());

    public string ModelPath => _folder["sentiment.onnx"];

    public FakeTimeProvider Time { get; } = new();

    public IServiceProvider Services => _host!.Services;

    public HostedSentimentDetector Detector => Services.GetRequiredService<HostedSentimentDetector>();

    /// <summary>The messages of detectors with an event id.</summary>
    public FakeLogRecord[] LogsOf(int eventId) => [.. Services.GetFakeLogCollector().GetSnapshot()
        .Where(log => log.Category == typeof(HostedSentimentDetector).FullName && log.Id.Id == eventId)];

    public string this[string file] => _folder[file];

    /// <summary>Replaces the file of the model, as a deployment does.</summary>
    public void Write(byte[] content)
    {
        File.WriteAllBytes(_folder["new"], content);
        File.Move(_folder["new"], ModelPath, overwrite: true);
    }

    public static SentimentPrediction Predict(byte[] model)
    {
        using var detector = SentimentDetector.Load(model);
        return detector.Predict(Image);
    }

    /// <summary>Starts a host with the model, or with what <paramref name="configure"/> adds.</summary>
    public async Task StartAsync(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        builder.Services.AddMetrics().AddSingleton<TimeProvider>(Time);
        configure(builder.Services);
        _host = builder.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    public Task StartAsync(Action<VisualSentimentOptions>? configure = null, bool hotReload = false) => StartAsync(services =>
    {
        var builder = services.AddVisualSentiment(ModelPath, configure);
        if (hotReload)
            builder.WithHotReload();
    });

    /// <summary>Collects the values of one metric from now on.</summary>
    public MetricCollector<T> Collect<T>(string metric) where T : struct =>
        new(Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), "VisualSentiment", metric);

    /// <summary>Lets time pass until a change of the file has been noticed and handled.</summary>
    public void WaitForReload()
    {
        Time.Advance(ModelReloader.Interval);
        Time.Advance(ModelReloader.Debounce);
        Time.Advance(ModelReloader.Debounce);
    }

    public void Dispose()
    {
        _host?.Dispose();
        _folder.Dispose();
    }
}
