using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VisualSentiment;
using VisualSentiment.Cluster;
using VisualSentiment.Cluster.Grains;
using VisualSentiment.Cluster.Ledger;
using VisualSentiment.Cluster.Results;

namespace Orleans.Hosting;

/// <summary>Extension methods that add tagging to silos.</summary>
public static class VisualSentimentSiloBuilderExtensions
{
    /// <summary>
    /// Lets a silo tag images for <see cref="ITaggingJob"/> grains. Every silo of a cluster calls this with the same
    /// model and ledger, and needs a reminder service.
    /// </summary>
    /// <param name="builder">The builder of the silo.</param>
    /// <param name="modelPath">
    /// The path of an <c>.onnx</c> file. A missing or damaged file stops the host with a message.
    /// </param>
    /// <param name="configure">
    /// Sets options. It calls <see cref="TaggingOptions.UsePostgreSql"/> or <see cref="TaggingOptions.UseSqlite"/>.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <remarks>
    /// The detector is the keyed service <c>tagging</c> of <c>AddVisualSentiment</c>, with its health check, metrics and
    /// logs.
    /// </remarks>
    public static ISiloBuilder AddVisualSentimentTagging(
        this ISiloBuilder builder, string modelPath, Action<TaggingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        ArgumentNullException.ThrowIfNull(configure);
        IServiceCollection services = builder.Services;
        services.AddKeyedVisualSentiment(TaggingModel.Key, modelPath);
        services.AddOptions<TaggingOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<TaggingOptions>, TaggingOptionsValidator>());
        services.TryAddSingleton(provider => TaggingModel.Create(provider, modelPath));
        services.TryAddSingleton(provider =>
            new TaggingLedger(provider.GetRequiredService<IOptions<TaggingOptions>>().Value.Database!()));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TaggingMetrics>();
        services.TryAddSingleton<RunningAttempts>();
        services.TryAddSingleton<ShardImages>();
        services.AddHttpClient(ShardImages.HttpClientName).AddStandardResilienceHandler();
        return builder.AddStartupTask((provider, cancellation) =>
        {
            provider.GetRequiredService<TaggingModel>();
            return provider.GetRequiredService<TaggingLedger>().CreateTablesAsync(cancellation);
        });
    }
}
