namespace VisualSentiment.Cluster.Grains;

/// <summary>Tags one shard. The key is the number of the shard and the name of the job.</summary>
internal interface IShardOwner : IGrainWithIntegerCompoundKey
{
    /// <summary>Starts the next attempt, unless one is in progress.</summary>
    Task<ShardStart> StartAsync();

    /// <summary>Interrupts the attempt in progress. The shard then waits.</summary>
    Task StopAsync();
}

/// <summary>What <see cref="IShardOwner.StartAsync"/> did.</summary>
internal enum ShardStart
{
    /// <summary>An attempt is in progress.</summary>
    Started,

    /// <summary>Another silo works on the shard, or nothing is left to do.</summary>
    NotNeeded,

    /// <summary>The silo has another model than the job.</summary>
    OtherModel,
}
