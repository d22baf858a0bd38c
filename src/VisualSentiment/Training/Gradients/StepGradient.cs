using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>Computes the gradient of a training step.</summary>
internal abstract class StepGradient : IDisposable
{
    /// <summary>
    /// Stores the gradient of the step's mean loss in the network's parameters and returns the sum of the losses. The
    /// images of the next step, if any, may be prepared ahead.
    /// </summary>
    public abstract double Compute(MicroBatch step, MicroBatch? next);

    public abstract void Dispose();
}

/// <summary>
/// Processes one image at a time, each on all of libtorch's threads, and accumulates the gradients. The loss must be a
/// mean over images. <paramref name="batch"/> has the capacity of one image.
/// </summary>
internal sealed class MicroBatchGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss, PixelBatch batch)
    : StepGradient
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
            Tensor pixels = batch.Gather(slice, loss.GetPixelObserver(slice));
            Tensor value = loss.Compute(network.call(pixels), slice) * (1.0 / images);
            value.backward();
            total += value.item<float>() * images;
        }
        return total;
    }

    public override void Dispose() => batch.Dispose();
}
