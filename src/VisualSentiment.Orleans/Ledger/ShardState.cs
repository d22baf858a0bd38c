namespace VisualSentiment.Cluster.Ledger;

/// <summary>The state of a shard. The numbers are stored.</summary>
internal enum ShardState
{
    Pending = 0,
    Running = 1,
    Completed = 2,
    Parked = 3,
}
