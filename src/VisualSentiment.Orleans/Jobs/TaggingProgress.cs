namespace VisualSentiment;

/// <summary>How far a tagging job is.</summary>
[GenerateSerializer, Immutable]
public sealed record TaggingProgress
{
    /// <summary>Gets the state of the job.</summary>
    [Id(0)]
    public TaggingJobState State { get; init; }

    /// <summary>Gets whether the whole manifest was read. Until then, the totals grow.</summary>
    [Id(1)]
    public bool IsListed { get; init; }

    /// <summary>Gets the number of images in the manifest, as far as it was read.</summary>
    [Id(2)]
    public long Images { get; init; }

    /// <summary>Gets the number of images that were tagged, including those with an error.</summary>
    [Id(3)]
    public long TaggedImages { get; init; }

    /// <summary>Gets the number of images that could not be read. Their rows contain the reason.</summary>
    [Id(4)]
    public long Errors { get; init; }

    /// <summary>Gets the number of shards.</summary>
    [Id(5)]
    public long Shards { get; init; }

    /// <summary>Gets the number of shards with a result file.</summary>
    [Id(6)]
    public long CompletedShards { get; init; }

    /// <summary>Gets the number of shards in progress.</summary>
    [Id(7)]
    public long RunningShards { get; init; }

    /// <summary>Gets the number of shards that failed too often.</summary>
    [Id(8)]
    public long ParkedShards { get; init; }

    /// <summary>Gets the number of images tagged per second during the last minute.</summary>
    [Id(9)]
    public double ImagesPerSecond { get; init; }

    /// <summary>Gets the time until the job is complete at the current rate; null if it is unknown.</summary>
    [Id(10)]
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>Gets why the job does not advance; null if it does.</summary>
    [Id(11)]
    public string? Problem { get; init; }
}
