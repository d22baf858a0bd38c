using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using VisualSentiment.Cluster.Grains;
using VisualSentiment.Cluster.Ledger;
using VisualSentiment.Cluster.Results;
using VisualSentiment.Cluster.Silos;
using VisualSentiment;

namespace Orleans.Hosting;

/// <summary>Extension methods that add tagging to silos.</summary>
public static class VisualSentimentSiloBuilderExtensions
{
    private const int MaxWaitingImages = 100_000;

    private static readonly TimeSpan ResponseTime = TimeSpan.FromSeconds(15);

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
    /// The detector is the keyed service <c>tagging</c> of <c>AddVisualSentiment</c>, with its health check, metrics
    /// and logs.
    /// </remarks>
    public static ISiloBuilder AddVisualSentimentTagging(
        this ISiloBuilder builder, string modelPath, Action<TaggingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        ArgumentNullException.ThrowIfNull(configure);
        IServiceCollection services = builder.Services;
        // Workers never have more images than this at a time.
        services.AddKeyedVisualSentiment(
            TaggingModel.Key, modelPath, detector => detector.QueueLimit = MaxWaitingImages);
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
        services.AddHttpClient(ShardImages.HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            // No circuit breaker: one bad host must not fail the images of others.
            .AddResilienceHandler("retry", pipeline =>
                pipeline.AddRetry(new HttpRetryStrategyOptions()).AddTimeout(ResponseTime));
        return builder.AddStartupTask((provider, cancellation) =>
        {
            provider.GetRequiredService<TaggingModel>();
            return provider.GetRequiredService<TaggingLedger>().CreateTablesAsync(cancellation);
        });
    }
}
