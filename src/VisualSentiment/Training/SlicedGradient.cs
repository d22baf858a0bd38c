using static TorchSharp.torch;

namespace VisualSentiment.Training;

/// <summary>The gradient of a step, slice after slice on the calling thread, with every thread that libtorch has.</summary>
/// <param name="network">The network; libtorch adds up its gradients.</param>
/// <param name="loss">The loss. Where a step has several slices it is a mean over pictures.</param>
/// <param name="batch">Room for the pictures of a slice.</param>
/// <param name="picturesOfSlice">How many pictures go through the network at once; null for all of a step.</param>
internal sealed class SlicedGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss, PixelBatch batch, int? picturesOfSlice) : StepGradient
{
    public override double Compute(StepSlice step)
    {
        using (NewDisposeScope())
            network.zero_grad();
        int pictures = step.Views.Length;
        double total = 0;
        for (int from = 0; from < pictures; from += picturesOfSlice ?? pictures)
        {
            using var scope = NewDisposeScope();
            StepSlice slice = step.Slice(from, Math.Min(picturesOfSlice ?? pictures, pictures - from));
            Tensor pixels = batch.Gather(slice, loss.Sees(slice));
            Tensor value = loss.Compute(network.call(pixels), slice) * ((double)slice.Views.Length / pictures);
            value.backward();
            total += value.item<float>() * pictures;
        }
        return total;
    }

    public override void Dispose() => batch.Dispose();
}
