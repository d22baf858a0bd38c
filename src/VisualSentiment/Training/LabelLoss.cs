using TorchSharp;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>Cross-entropy with the labels, the loss of teachers.</summary>
internal sealed class LabelLoss(TrainingSet set, DeviceType device) : IBatchLoss, IDisposable
{
    private readonly Tensor _labels = tensor(
        Array.ConvertAll(set.Labels, label => (long)label), device: torch.device(device)).DetachFromDisposeScope();

    public Tensor Compute(Tensor logits, MicroBatch batch)
    {
        using Tensor rows = tensor(Array.ConvertAll(batch.Views, view => (long)view.Image));
        return nn.functional.cross_entropy(logits, _labels[rows]);
    }

    public void Dispose() => _labels.Dispose();
}
