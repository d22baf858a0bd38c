using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using VisualSentiment.Cluster.Jobs;

namespace VisualSentiment.Cluster.Ledger;

/// <summary>Repeats operations while the database is not available, for example while it restarts.</summary>
internal sealed class LedgerRetry(ILogger logger)
{
    private const int MaxRetries = 60;

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
    {
        ShouldHandle = new PredicateBuilder().Handle<IOException>(),
        MaxRetryAttempts = MaxRetries,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = TimeSpan.FromSeconds(0.2),
        MaxDelay = TimeSpan.FromSeconds(10),
        OnRetry = retry =>
        {
            TaggingLog.LedgerUnavailable(logger, retry.RetryDelay.TotalSeconds, retry.Outcome.Exception);
            return ValueTask.CompletedTask;
        },
    }).Build();

    public async Task<T> RunAsync<T>(Func<Task<T>> operation, CancellationToken cancellation = default) =>
        await _pipeline.ExecuteAsync(async _ => await operation(), cancellation);

    public async Task RunAsync(Func<Task> operation, CancellationToken cancellation = default) =>
        await _pipeline.ExecuteAsync(async _ => await operation(), cancellation);
}
