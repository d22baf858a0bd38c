using System.Globalization;
using Microsoft.ML.Runtime;
using VisualSentiment.Networks.Pretrained;
using VisualSentiment.Training;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>Where a network's pretrained weights come from: a safetensors file, or a download of the published ones.</summary>
/// <param name="Weights">A path, or "imagenet".</param>
/// <param name="Published">What "imagenet" stands for; null where nothing is published for this network.</param>
/// <param name="Head">The tensors' prefixes that belong to the classes and are trained anew.</param>
internal sealed record PretrainedSource(string Weights, PretrainedModel? Published, IReadOnlyList<string> Head)
{
    public IEnumerable<string> FindMistakes(string owner)
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
        : PretrainedWeights.Resolve(Weights, Published, message => run.Log.Info(MessageSensitivity.None, "{0}", message),
            new DownloadLog(run.Log), run.CancellationToken);

    public void Load(nn.Module network, string path, TrainingRun run)
    {
        WeightsReport report = PretrainedWeights.Load(network, path, Head);
        run.Log.Info(MessageSensitivity.None, "{0} tensors loaded from {1}{2}", report.Loaded, path,
            report.SkippedHead.Count == 0 ? "" : $"; trained anew: {string.Join(", ", report.SkippedHead)}");
    }

    /// <summary>Says how far a download is, at every tenth.</summary>
    private sealed class DownloadLog(IChannel log) : IProgress<DownloadProgress>
    {
        private long _tenth = -1;

        public void Report(DownloadProgress value)
        {
            long tenth = value.TotalBytes > 0 ? value.BytesReceived * 10 / value.TotalBytes : -1;
            if (tenth <= _tenth)
                return;
            _tenth = tenth;
            log.Info(MessageSensitivity.None, "{0}", string.Create(CultureInfo.InvariantCulture,
                $"downloaded {value.BytesReceived / 1e6:0} of {value.TotalBytes / 1e6:0} MB"));
        }
    }
}
