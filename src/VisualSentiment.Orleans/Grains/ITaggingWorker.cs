using Orleans.Concurrency;
using VisualSentiment.Cluster.Results;

namespace VisualSentiment.Cluster.Grains;

/// <summary>Predicts batches of images on the silo of the caller.</summary>
internal interface ITaggingWorker : IGrainWithIntegerKey
{
    /// <param name="root">The folder at which relative paths start.</param>
    /// <param name="images">Lines of the manifest.</param>
    /// <param name="attempt">The number of the attempt in <see cref="RunningAttempts"/>.</param>
    [ResponseTimeout("01:00:00")]
    Task<ImageRow[]> PredictAsync(string root, Immutable<string[]> images, long attempt);
}
