using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Hosting;

public sealed class RegistrationTests : IDisposable
{
    private readonly HostedModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void A_detector_is_loaded_when_it_is_first_resolved_without_a_host()
    {
        string path = _model["later.onnx"];
        var services = new ServiceCollection();
        services.AddVisualSentiment(path);
        using var provider = services.BuildServiceProvider();
        Assert.Equal(path, Assert.Throws<InvalidModelException>(provider.GetRequiredService<ISentimentDetector>).Model);
        File.Copy(_model.ModelPath, path);

        var detector = provider.GetRequiredService<ISentimentDetector>();

        Assert.Equal(ExportedStudent.Classes, detector.Classes);
        Assert.Equal(HostedModel.Predict(File.ReadAllBytes(path)), detector.Predict(HostedModel.Image));
        Assert.Same(detector, provider.GetRequiredService<HostedSentimentDetector>());
        Assert.Same(detector, provider.GetRequiredKeyedService<ISentimentDetector>("default"));
        Assert.Null(provider.GetService<SentimentDetector>());
    }

    [Fact]
    public void Several_models_are_keyed_services()
    {
        string other = _model["other.onnx"];
        File.WriteAllBytes(other, ExportedStudent.Create(seed: 8));
        var services = new ServiceCollection();
        services.AddVisualSentiment(_model.ModelPath);
        services.AddKeyedVisualSentiment("moods", other, options => options.MaxConcurrency = 3);
        using var provider = services.BuildServiceProvider();

        var moods = provider.GetRequiredKeyedService<ISentimentDetector>("moods");

        Assert.Equal(HostedModel.Predict(File.ReadAllBytes(other)), moods.Predict(HostedModel.Image));
        Assert.NotEqual(provider.GetRequiredService<ISentimentDetector>().Predict(HostedModel.Image), moods.Predict(HostedModel.Image));
        Assert.Equal("moods", provider.GetRequiredKeyedService<HostedSentimentDetector>("moods").Name);
        Assert.Null(provider.GetKeyedService<ISentimentDetector>("others"));
    }

    [Fact]
    public void A_named_model_alone_is_not_the_default()
    {
        var services = new ServiceCollection();
        services.AddKeyedVisualSentiment("moods", _model.ModelPath);
        using var provider = services.BuildServiceProvider();

        Assert.Null(provider.GetService<ISentimentDetector>());
        Assert.NotNull(provider.GetKeyedService<ISentimentDetector>("moods"));
    }

    [Fact]
    public void A_second_call_adds_to_the_options_of_the_first()
    {
        var services = new ServiceCollection();
        services.AddVisualSentiment("nowhere.onnx", options => options.QueueLimit = 5);
        services.AddVisualSentiment(_model.ModelPath);
        using var provider = services.BuildServiceProvider();

        Assert.Equal(_model.ModelPath, provider.GetRequiredService<HostedSentimentDetector>().ModelPath);
        Assert.Equal(5, provider.GetRequiredService<IOptions<VisualSentimentOptions>>().Value.QueueLimit);
    }

    [Fact]
    public void Options_are_read_from_the_configuration()
    {
        var configuration = Configuration(("Models:Moods:ModelPath", _model.ModelPath), ("Models:Moods:MaxConcurrency", "3"),
            ("Models:Moods:QueueLimit", "7"), ("Models:Moods:WarmUp", "false"), ("Models:Moods:HotReload", "true"),
            ("Models:Moods:Threads", "2"), ("Models:Moods:Limits:MaxPixels", "100"));
        var services = new ServiceCollection();
        services.AddVisualSentiment(configuration.GetSection("Models:Moods"));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<VisualSentimentOptions>>().Value;

        Assert.Equal((_model.ModelPath, 3, 7, false, true, 2),
            (options.ModelPath, options.MaxConcurrency, options.QueueLimit, options.WarmUp, options.HotReload, options.Threads));
        Assert.Equal(ImageLimits.Default with { MaxPixels = 100 }, options.Limits);
        var detector = provider.GetRequiredService<ISentimentDetector>();
        Assert.Contains("MaxPixels", Assert.Throws<UnreadableImageException>(() => detector.Predict(HostedModel.Image)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_the_configuration_lacks_keep_their_defaults()
    {
        var configuration = Configuration(("ModelPath", "a.onnx"));
        var services = new ServiceCollection();
        services.AddKeyedVisualSentiment("moods", configuration);
        services.AddKeyedVisualSentiment("moods", configuration.GetSection("Nothing"));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<VisualSentimentOptions>>().Get("moods");

        Assert.Equal(("a.onnx", Environment.ProcessorCount, 100, true, false, 1, null),
            (options.ModelPath, options.MaxConcurrency, options.QueueLimit, options.WarmUp, options.HotReload, options.Threads, options.Limits));
    }

    [Fact]
    public void A_value_of_the_wrong_type_names_its_path()
    {
        var services = new ServiceCollection();
        services.AddVisualSentiment(Configuration(("Model:MaxConcurrency", "many")).GetSection("Model"));
        using var provider = services.BuildServiceProvider();

        string message = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<ISentimentDetector>).Message;

        Assert.Contains("'Model:MaxConcurrency' in the configuration is 'many'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ModelPath", "")]
    [InlineData("MaxConcurrency", "0")]
    [InlineData("MaxConcurrency", "1025")]
    [InlineData("QueueLimit", "-1")]
    [InlineData("Threads", "0")]
    [InlineData("Limits:MaxPixels", "0")]
    public void An_option_out_of_range_is_named(string option, string value)
    {
        var services = new ServiceCollection();
        services.AddKeyedVisualSentiment("moods", _model.ModelPath);
        services.AddKeyedVisualSentiment("moods", Configuration((option, value)));
        using var provider = services.BuildServiceProvider();

        string message = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<ISentimentDetector>("moods")).Message;

        Assert.Contains("of the model 'moods'", message, StringComparison.Ordinal);
        Assert.Contains(option.Split(':')[^1], message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_validated()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentException>("modelPath", () => services.AddVisualSentiment(""));
        Assert.Throws<ArgumentException>("modelPath", () => services.AddKeyedVisualSentiment("moods", ""));
        Assert.Throws<ArgumentException>("name", () => services.AddKeyedVisualSentiment("", "a.onnx"));
        Assert.Throws<ArgumentNullException>("section", () => services.AddVisualSentiment((IConfiguration)null!));
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddVisualSentiment("a.onnx"));
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();
}
