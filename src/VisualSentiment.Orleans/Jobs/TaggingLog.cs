using Microsoft.Extensions.Logging;

namespace VisualSentiment.Cluster.Jobs;

/// <summary>The log messages of a silo.</summary>
internal static partial class TaggingLog
{
    [LoggerMessage(1, LogLevel.Information, "The job '{Job}' is {State}.")]
    public static partial void StateChanged(ILogger logger, string job, TaggingJobState state);

    [LoggerMessage(2, LogLevel.Debug,
        "Shard {Shard} of the job '{Job}' is complete: {Images} images, {Errors} errors, {File}.")]
    public static partial void ShardCompleted(
        ILogger logger, string job, long shard, int images, int errors, string file);

    [LoggerMessage(3, LogLevel.Warning, "Attempt {Attempt} at shard {Shard} of the job '{Job}' failed.")]
    public static partial void ShardFailed(ILogger logger, string job, long shard, long attempt, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "The silo {Silo} stopped while it worked on shard {Shard} of the job '{Job}'.")]
    public static partial void SiloLost(ILogger logger, string job, long shard, string silo);

    [LoggerMessage(5, LogLevel.Warning, "The job '{Job}' cannot assign shards; it tries again.")]
    public static partial void AssignFailed(ILogger logger, string job, Exception error);

    [LoggerMessage(6, LogLevel.Warning, "The ledger is not available; the operation is repeated in {Seconds:0.0} s.")]
    public static partial void LedgerUnavailable(ILogger logger, double seconds, Exception? error);

    [LoggerMessage(7, LogLevel.Information, "Another silo took over shard {Shard} of the job '{Job}'.")]
    public static partial void LeaseLost(ILogger logger, string job, long shard);

    [LoggerMessage(8, LogLevel.Debug, "The reminder of shard {Shard} of the job '{Job}' was not changed.")]
    public static partial void NoReminder(ILogger logger, string job, long shard, Exception error);
}
