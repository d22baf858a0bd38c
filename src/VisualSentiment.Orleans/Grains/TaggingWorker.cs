using Orleans.Concurrency;
using VisualSentiment.Cluster.Results;

namespace VisualSentiment.Cluster.Grains;

/// <summary>One activation per processor, each of which predicts one image at a time.</summary>
[StatelessWorker]
internal sealed class TaggingWorker(ShardImages images, RunningAttempts attempts) : Grain, ITaggingWorker
{
    // Decoding and scoring would block a thread of the scheduler.
    public Task<ImageRow[]> PredictAsync(string root, Immutable<string[]> batch, long attempt)
    {
        CancellationToken ended = attempts.Find(attempt);
        return Task.Run(() => images.PredictAsync(root, batch.Value, ended), ended);
    }
}
