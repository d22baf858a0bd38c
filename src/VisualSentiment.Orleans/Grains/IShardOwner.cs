namespace VisualSentiment.Cluster.Grains;

/// <summary>Tags one shard. The key is the number of the shard and the name of the job.</summary>
internal interface IShardOwner : IGrainWithIntegerCompoundKey
{
    /// <summary>
    /// Starts the next attempt, unless one is in progress. The time is short, because the job waits for it.
    /// </summary>
    [ResponseTimeout("00:00:10")]
    Task<StartedShard> StartAsync();

    /// <summary>Interrupts the attempt in progress. The shard then waits.</summary>
    Task StopAsync();
}

/// <summary>What <see cref="IShardOwner.StartAsync"/> did.</summary>
/// <param name="Start">Gets the result.</param>
/// <param name="Silo">Gets the silo of the grain, which may be another one than the job has chosen.</param>
[GenerateSerializer, Immutable]
internal sealed record StartedShard([property: Id(0)] ShardStart Start, [property: Id(1)] string Silo);

/// <summary>The results of <see cref="IShardOwner.StartAsync"/>.</summary>
internal enum ShardStart
{
    /// <summary>An attempt is in progress.</summary>
    Started,

    /// <summary>Another silo works on the shard, or nothing is left to do.</summary>
    NotNeeded,

    /// <summary>The silo has another model than the job.</summary>
    OtherModel,
}
