namespace VisualSentiment.Cluster.Ledger;

/// <summary>A shard in progress.</summary>
/// <param name="Shard">Gets the number of the shard.</param>
/// <param name="Attempt">Gets the number of its attempt.</param>
/// <param name="Silo">Gets the address of the silo that works on it.</param>
/// <param name="IsExpired">Gets whether the silo did not renew the lease in time.</param>
internal readonly record struct RunningShard(long Shard, long Attempt, string Silo, bool IsExpired);
