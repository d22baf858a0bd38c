using Microsoft.ML.Runtime;
using VisualSentiment.Training;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>The pretrained weights of a network.</summary>
/// <param name="Weights">The published weights or a file.</param>
/// <param name="Published">The published weights of this network; null if there are none.</param>
/// <param name="Head">The prefixes of the tensors that belong to the classes and start from random values.</param>
internal sealed record WeightsSource(PretrainedWeights Weights, PretrainedModel? Published, IReadOnlyList<string> Head)
{
    public IEnumerable<string> FindErrors(string owner)
    {
        if (Weights.Path is null && Published is null)
            yield return $"{owner}: no ImageNet weights are published for this network; "
                + "pass the path of a safetensors file";
        if (Weights.Path is { } path && !File.Exists(path))
            yield return $"{owner}: there is no weights file '{path}'"
                + (Published is null ? "" : $"; pass the path of a safetensors file, or "
                + $"{nameof(PretrainedWeights)}.{nameof(PretrainedWeights.ImageNet)} to download '{Published.Name}'");
    }

    /// <summary>The path of the file. Published weights are downloaded if they are not there.</summary>
    public string Locate(TrainingRun run)
    {
        if (Weights.Path is { } path)
            return Path.GetFullPath(path);
        var download = new WeightDownload(WeightDownload.DefaultFolder(),
            message => run.Log.Info(MessageSensitivity.None, "{0}", message));
        return Task.Run(() => download.GetAsync(Published!, run.CancellationToken),
            run.CancellationToken).GetAwaiter().GetResult();
    }

    public void Load(nn.Module network, string path, TrainingRun run)
    {
        WeightsMatch match = NetworkWeights.Load(network, path, Head);
        run.Log.Info(MessageSensitivity.None, "{0} tensors loaded from {1}{2}", match.Pairs.Count, path,
            match.SkippedHead.Count == 0 ? "" : $"; trained anew: {string.Join(", ", match.SkippedHead)}");
    }
}
