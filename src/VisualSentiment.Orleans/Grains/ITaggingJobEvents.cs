using Orleans.Concurrency;

namespace VisualSentiment.Cluster.Grains;

/// <summary>What shards report to their job.</summary>
internal interface ITaggingJobEvents : IGrainWithStringKey
{
    /// <summary>Lets the job assign the next shard at once. If the call is lost, the job finds out by itself.</summary>
    [OneWay]
    Task ShardEndedAsync();
}
