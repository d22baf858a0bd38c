using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>The gradient of a step, image after image on the calling thread, each by every thread that libtorch has.</summary>
/// <param name="network">The network; libtorch adds up its gradients.</param>
/// <param name="loss">A loss that is a mean over images.</param>
/// <param name="batch">Room for one image.</param>
internal sealed class MicroBatchGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss, PixelBatch batch) : StepGradient
{
    public override double Compute(MicroBatch step, MicroBatch? next)
    {
        using (NewDisposeScope())
            network.zero_grad();
        int images = step.Views.Length;
        double total = 0;
        for (int image = 0; image < images; image++)
        {
            using var scope = NewDisposeScope();
            MicroBatch slice = step.Slice(image, 1);
            Tensor pixels = batch.Gather(slice, loss.Sees(slice));
            Tensor value = loss.Compute(network.call(pixels), slice) * (1.0 / images);
            value.backward();
            total += value.item<float>() * images;
        }
        return total;
    }

    public override void Dispose() => batch.Dispose();
}
