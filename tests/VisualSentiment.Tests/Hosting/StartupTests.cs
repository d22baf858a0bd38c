using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Hosting;

public sealed class StartupTests : IDisposable
{
    private readonly HostedModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Models_are_loaded_before_hosted_services_start()
    {
        int sessions = 0;
        var service = new RecordingService(() => sessions);

        await _model.StartAsync(services =>
        {
            services.AddHostedService(_ => service);
            services.AddVisualSentiment(_model.ModelPath, options => options.ConfigureSession = _ => sessions++);
            services.AddKeyedVisualSentiment("moods", _model.ModelPath, options => options.ConfigureSession = _ => sessions++);
        });

        Assert.Equal(2, service.Found);
        Assert.Equal(["default", "moods"], _model.LogsOf(1).Select(log => log.GetStructuredStateValue("Model")));
        Assert.All(_model.LogsOf(1), log =>
        {
            Assert.Equal(LogLevel.Information, log.Level);
            Assert.Contains($"from {_model.ModelPath} with 3 classes", log.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_missing_model_stops_the_host()
    {
        File.Delete(_model.ModelPath);

        var error = await Assert.ThrowsAsync<InvalidModelException>(() => _model.StartAsync());

        Assert.Equal(_model.ModelPath, error.Model);
    }

    [Fact]
    public async Task A_fake_detector_requires_no_model()
    {
        await _model.StartAsync(services =>
        {
            services.AddVisualSentiment("nowhere.onnx");
            services.AddKeyedVisualSentiment("moods", "nowhere.onnx");
            services.AddSingleton<ISentimentDetector, FakeDetector>();
            services.AddKeyedSingleton<ISentimentDetector, FakeDetector>("moods");
        });

        Assert.IsType<FakeDetector>(_model.Services.GetRequiredService<ISentimentDetector>());
    }

    [Fact]
    public async Task A_damaged_model_stops_the_host()
    {
        byte[] damaged = ExportedStudent.Create();
        damaged[damaged.Length / 2] ^= 1;
        _model.Write(damaged);

        Assert.Contains("it is damaged", (await Assert.ThrowsAsync<InvalidModelException>(() => _model.StartAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_options_stop_the_host()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => _model.StartAsync(options => options.QueueLimit = -1));

        Assert.Contains("QueueLimit is -1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WarmUp_finds_a_model_that_cannot_predict(bool warmUp)
    {
        _model.Write(BuiltStudent.Create(new() { Classes = ["awe"] },
            (graph, value) => graph.AddLinear("fc", graph.AddMeans(value), [float.NaN, 0, 0], new float[1])));

        var error = await Record.ExceptionAsync(() => _model.StartAsync(options => options.WarmUp = warmUp));

        Assert.Equal(warmUp, error is InvalidModelException);
    }

    [Fact]
    public async Task Health_describes_each_model()
    {
        await _model.StartAsync(services =>
        {
            services.AddVisualSentiment(_model.ModelPath);
            services.AddKeyedVisualSentiment("moods", _model.ModelPath);
            services.AddHealthChecks().AddVisualSentiment(tags: ["ready"]);
        });

        var entry = (await CheckAsync()).Entries["visualsentiment"];

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(["ready"], entry.Tags);
        Assert.Equal(_model.ModelPath, entry.Data["default.path"]);
        Assert.Equal(ExportedStudent.Classes, entry.Data["moods.classes"]);
        Assert.Equal(_model.Time.GetUtcNow(), entry.Data["moods.loaded_at"]);
    }

    [Theory]
    [InlineData(null, HealthStatus.Unhealthy)]
    [InlineData(HealthStatus.Degraded, HealthStatus.Degraded)]
    public async Task Health_fails_if_a_model_cannot_be_loaded(HealthStatus? failureStatus, HealthStatus expected)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddVisualSentiment("nowhere.onnx");
        services.AddHealthChecks().AddVisualSentiment(failureStatus: failureStatus);
        using var provider = services.BuildServiceProvider();

        var entry = (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["visualsentiment"];

        Assert.Equal(expected, entry.Status);
        Assert.IsType<InvalidModelException>(entry.Exception);
    }

    [Fact]
    public async Task Health_is_degraded_until_a_reload_succeeds()
    {
        await _model.StartAsync(services =>
        {
            services.AddVisualSentiment(_model.ModelPath).WithHotReload();
            services.AddHealthChecks().AddVisualSentiment();
        });
        _model.Write("no model"u8.ToArray());
        _model.WaitForReload();

        var degraded = (await CheckAsync()).Entries["visualsentiment"];

        Assert.Equal(HealthStatus.Degraded, degraded.Status);
        Assert.Contains("Cannot use the model", degraded.Description, StringComparison.Ordinal);
        Assert.IsType<DateTimeOffset>(degraded.Data["default.failed_at"]);

        _model.Write(ExportedStudent.Create(seed: 8));
        _model.WaitForReload();

        var healthy = (await CheckAsync()).Entries["visualsentiment"];
        Assert.Equal(HealthStatus.Healthy, healthy.Status);
        Assert.NotEqual(degraded.Data["default.loaded_at"], healthy.Data["default.loaded_at"]);

        File.Delete(_model.ModelPath);
        _model.WaitForReload();
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync()).Status);
    }

    private Task<HealthReport> CheckAsync() =>
        _model.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

    private sealed class FakeDetector : ISentimentDetector
    {
        public IReadOnlyList<string> Classes => ["awe"];

        public SentimentPrediction Predict(ReadOnlyMemory<byte> encoded) => new(new Dictionary<string, float> { ["awe"] = 1 });
    }

    private sealed class RecordingService(Func<int> sessions) : IHostedService
    {
        public int Found { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Found = sessions();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
