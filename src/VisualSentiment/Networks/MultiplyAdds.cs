using TorchSharp.Modules;
using VisualSentiment.Imaging;
using static TorchSharp.torch;

namespace VisualSentiment.Networks;

/// <summary>Counts the products of convolutions and dense layers, by running a network on one picture.</summary>
internal static class MultiplyAdds
{
    /// <param name="network">From [N, 3, 224, 224]; left in evaluation mode.</param>
    public static long Count(nn.Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.eval();
        long sum = 0;
        foreach (nn.Module module in network.modules())
        {
            // Each element of the output is a sum over one output channel's weights.
            if (module is Conv2d convolution)
                Hook(convolution, output => output.numel() * convolution.weight.numel() / convolution.weight.shape[0]);
            else if (module is PointwiseConvolution pointwise)
                Hook(pointwise, output => output.numel() * pointwise.Inputs);
            else if (module is Linear dense)
                Hook(dense, output => output.numel() * dense.weight.shape[1]);
        }
        network.call(zeros(1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width));
        return sum;

        void Hook(nn.Module<Tensor, Tensor> layer, Func<Tensor, long> count) => layer.register_forward_hook((_, _, output) =>
        {
            sum += count(output);
            return output;
        });
    }
}
