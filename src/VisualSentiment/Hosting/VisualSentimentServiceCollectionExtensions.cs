using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VisualSentiment;
using VisualSentiment.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register detectors.</summary>
/// <remarks>
/// <para>
/// Each method adds an <see cref="ISentimentDetector"/> and a <see cref="HostedSentimentDetector"/>, which are the same
/// singleton. The host loads the model before its hosted services start; a missing or damaged model, or an invalid
/// option, stops it with an <see cref="InvalidModelException"/> or an <see cref="OptionsValidationException"/>. Without
/// a host, the model is loaded, and these exceptions are thrown, when the service is first resolved.
/// </para>
/// <para>A second call for the same model adds to the options of the first one.</para>
/// </remarks>
public static class VisualSentimentServiceCollectionExtensions
{
    /// <summary>Adds a detector.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="modelPath">The path of an <c>.onnx</c> file, or of a model saved with <c>ml.Model.Save</c>.</param>
    /// <param name="configure">Sets options, or null for the defaults.</param>
    /// <returns>A builder for the detector.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static VisualSentimentBuilder AddVisualSentiment(
        this IServiceCollection services, string modelPath, Action<VisualSentimentOptions>? configure = null) =>
        AddUnkeyed(services.AddKeyedVisualSentiment(VisualSentimentBuilder.DefaultName, modelPath, configure));

    /// <summary>Adds a detector with the options in a section of the configuration.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="section">The section, whose keys are properties of <see cref="VisualSentimentOptions"/>.</param>
    /// <returns>A builder for the detector.</returns>
    public static VisualSentimentBuilder AddVisualSentiment(
        this IServiceCollection services, IConfiguration section) =>
        AddUnkeyed(services.AddKeyedVisualSentiment(VisualSentimentBuilder.DefaultName, section));

    /// <summary>Adds a detector as a keyed service, for applications with several models.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The key of the services and the name of the model in logs, metrics and health checks.</param>
    /// <param name="modelPath">The path of an <c>.onnx</c> file, or of a model saved with <c>ml.Model.Save</c>.</param>
    /// <param name="configure">Sets options, or null for the defaults.</param>
    /// <returns>A builder for the detector.</returns>
    /// <exception cref="ArgumentException">The name or the path is empty.</exception>
    public static VisualSentimentBuilder AddKeyedVisualSentiment(this IServiceCollection services, string name,
        string modelPath, Action<VisualSentimentOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        return AddKeyed(services, name, options =>
        {
            options.Configure(values => values.ModelPath = modelPath);
            if (configure is not null)
                options.Configure(configure);
        });
    }

    /// <summary>Adds a detector as a keyed service, with the options in a section of the configuration.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="name">The key of the services and the name of the model in logs, metrics and health checks.</param>
    /// <param name="section">The section, whose keys are properties of <see cref="VisualSentimentOptions"/>.</param>
    /// <returns>A builder for the detector.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static VisualSentimentBuilder AddKeyedVisualSentiment(
        this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return AddKeyed(services, name, options => options.Configure(values => OptionsSection.Apply(section, values)));
    }

    private static VisualSentimentBuilder AddKeyed(
        IServiceCollection services, string name, Action<OptionsBuilder<VisualSentimentOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var builder = new VisualSentimentBuilder(services, name);
        configure(services.AddOptions<VisualSentimentOptions>(builder.OptionsName).ValidateOnStart());
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<VisualSentimentOptions>, OptionsValidator>());
        services.AddSingleton(builder);
        services.AddHostedService<ModelStartup>();
        services.TryAddKeyedSingleton(name, (provider, _) => Create(provider, builder));
        services.TryAddKeyedSingleton<ISentimentDetector>(
            name, (provider, key) => provider.GetRequiredKeyedService<HostedSentimentDetector>(key));
        return builder;
    }

    private static VisualSentimentBuilder AddUnkeyed(VisualSentimentBuilder builder)
    {
        builder.Services.TryAddSingleton(
            provider => provider.GetRequiredKeyedService<HostedSentimentDetector>(builder.Name));
        builder.Services.TryAddSingleton<ISentimentDetector>(
            provider => provider.GetRequiredService<HostedSentimentDetector>());
        return builder;
    }

    private static HostedSentimentDetector Create(IServiceProvider provider, VisualSentimentBuilder model)
    {
        ILogger logger = provider.GetService<ILogger<HostedSentimentDetector>>()
            ?? NullLogger<HostedSentimentDetector>.Instance;
        return new HostedSentimentDetector(model.Name,
            provider.GetRequiredService<IOptionsMonitor<VisualSentimentOptions>>().Get(model.OptionsName),
            logger, provider.GetService<IMeterFactory>(), provider.GetService<TimeProvider>() ?? TimeProvider.System);
    }
}
