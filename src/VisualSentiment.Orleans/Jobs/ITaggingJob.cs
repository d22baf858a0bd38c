namespace VisualSentiment;

/// <summary>
/// A grain that tags all images of a manifest on the silos of a cluster. The key of the grain is the name of the job.
/// </summary>
/// <remarks>
/// The images are split into shards. Each shard becomes one result file in <see cref="TaggingJobOptions.Output"/>, with
/// one row per image in the order of the manifest. A shard that a silo could not finish is tagged again by another
/// silo. A shard that fails <see cref="TaggingJobOptions.MaxAttempts"/> times is parked, and the job continues without
/// it.
/// </remarks>
public interface ITaggingJob : IGrainWithStringKey
{
    /// <summary>
    /// Starts the job. A job that was started before continues where it stopped, also if it was paused or canceled.
    /// </summary>
    /// <param name="options">The options. A job that exists keeps its own, which must be equal.</param>
    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    /// <exception cref="InvalidOperationException">
    /// The job exists with other options or another model. Use another name.
    /// </exception>
    Task StartAsync(TaggingJobOptions options);

    /// <summary>Stops work on all shards. Unfinished shards are tagged again after <see cref="ResumeAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">The job is not running.</exception>
    Task PauseAsync();

    /// <summary>Continues a job that was paused or canceled.</summary>
    /// <exception cref="InvalidOperationException">The job was not started.</exception>
    Task ResumeAsync();

    /// <summary>Ends the job. Result files that exist stay.</summary>
    /// <exception cref="InvalidOperationException">The job was not started.</exception>
    Task CancelAsync();

    /// <summary>Returns how far the job is.</summary>
    Task<TaggingProgress> GetProgressAsync();

    /// <summary>Returns shards that failed too often, in the order of the manifest.</summary>
    /// <param name="maximum">The maximum number of shards.</param>
    Task<IReadOnlyList<ParkedShard>> GetParkedShardsAsync(int maximum = 100);

    /// <summary>Tags parked shards again, after their cause was removed.</summary>
    /// <exception cref="InvalidOperationException">The job was not started.</exception>
    Task RetryParkedShardsAsync();
}
