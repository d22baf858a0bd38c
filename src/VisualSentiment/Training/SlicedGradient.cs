using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>The gradient of a step, picture after picture on the calling thread, each by every thread that libtorch has.</summary>
/// <param name="network">The network; libtorch adds up its gradients.</param>
/// <param name="loss">A loss that is a mean over pictures.</param>
/// <param name="batch">Room for one picture.</param>
internal sealed class SlicedGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss, PixelBatch batch) : StepGradient
{
    public override double Compute(StepSlice step, StepSlice? next)
    {
        using (NewDisposeScope())
            network.zero_grad();
        int pictures = step.Views.Length;
        double total = 0;
        for (int picture = 0; picture < pictures; picture++)
        {
            using var scope = NewDisposeScope();
            StepSlice slice = step.Slice(picture, 1);
            Tensor pixels = batch.Gather(slice, loss.Sees(slice));
            Tensor value = loss.Compute(network.call(pixels), slice) * (1.0 / pictures);
            value.backward();
            total += value.item<float>() * pictures;
        }
        return total;
    }

    public override void Dispose() => batch.Dispose();
}
