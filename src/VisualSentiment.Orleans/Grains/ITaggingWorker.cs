using Orleans.Concurrency;
using VisualSentiment.Cluster.Results;

namespace VisualSentiment.Cluster.Grains;

/// <summary>Predicts batches of images on the silo of the caller.</summary>
internal interface ITaggingWorker : IGrainWithIntegerKey
{
    [ResponseTimeout("01:00:00")]
    Task<ImageRow[]> PredictAsync(string root, Immutable<string[]> images, CancellationToken cancellation);
}
