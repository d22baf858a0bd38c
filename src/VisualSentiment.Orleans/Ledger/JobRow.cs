namespace VisualSentiment.Cluster.Ledger;

/// <summary>The row of a job.</summary>
/// <param name="Options">Gets the options of the job.</param>
/// <param name="Model">Gets the fingerprint of the model.</param>
/// <param name="State">Gets the state.</param>
/// <param name="Listed">Gets the number of bytes of the manifest whose shards are in the ledger.</param>
/// <param name="Shards">Gets the number of shards in the ledger.</param>
/// <param name="IsListed">Gets whether the whole manifest was read.</param>
internal sealed record JobRow(
    TaggingJobOptions Options, string Model, TaggingJobState State, long Listed, long Shards, bool IsListed);
