using VisualSentiment.Cluster.Manifests;

namespace VisualSentiment.Cluster.Ledger;

/// <summary>The right to tag a shard. A later attempt ends it.</summary>
/// <param name="Job">Gets the name of the job.</param>
/// <param name="Shard">Gets the number of the shard.</param>
/// <param name="Attempt">Gets the number of the attempt.</param>
/// <param name="Slice">Gets the part of the manifest.</param>
internal sealed record ShardLease(string Job, long Shard, long Attempt, ManifestSlice Slice);
