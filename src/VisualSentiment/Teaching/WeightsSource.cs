using Microsoft.ML.Runtime;
using VisualSentiment.Training;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>Where a network's pretrained weights come from: a safetensors file, or a download of the published ones.</summary>
/// <param name="Weights">A path, or "imagenet".</param>
/// <param name="Published">What "imagenet" stands for; null where nothing is published for this network.</param>
/// <param name="Head">The tensors' prefixes that belong to the classes and are trained anew.</param>
internal sealed record WeightsSource(string Weights, PretrainedModel? Published, IReadOnlyList<string> Head)
{
    public IEnumerable<string> FindErrors(string owner)
    {
        bool download = Weights.Equals(PretrainedWeights.ImageNet, StringComparison.OrdinalIgnoreCase);
        if (download && Published is null)
            yield return $"{owner}: no weights called \"{PretrainedWeights.ImageNet}\" are known for this network; give the path of a safetensors file";
        if (!download && !File.Exists(Weights))
            yield return $"{owner}: there is no weights file '{Weights}'"
                + (Published is null ? "" : $"; give the path of a safetensors file, or \"{PretrainedWeights.ImageNet}\"");
    }

    /// <summary>The file on this machine, fetched first where it has to be.</summary>
    public string Locate(TrainingRun run) => Published is null ? Weights
        : PretrainedWeights.Resolve(Weights, Published, message => run.Log.Info(MessageSensitivity.None, "{0}", message), run.CancellationToken);

    public void Load(nn.Module network, string path, TrainingRun run)
    {
        WeightsMatch match = PretrainedWeights.Load(network, path, Head);
        run.Log.Info(MessageSensitivity.None, "{0} tensors loaded from {1}{2}", match.Pairs.Count, path,
            match.SkippedHead.Count == 0 ? "" : $"; trained anew: {string.Join(", ", match.SkippedHead)}");
    }
}
