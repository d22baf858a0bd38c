using TorchSharp.Modules;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;

namespace VisualSentiment.Networks;

/// <summary>The number of multiply-adds in the convolutions and dense layers of a network for one image.</summary>
/// <param name="Total">The sum over all these layers.</param>
/// <param name="Layers">The number of these layers.</param>
internal readonly record struct MultiplyAdds(long Total, int Layers)
{
    /// <summary>Counts by running a network on one image [1, 3, 224, 224]. Leaves it in evaluation mode.</summary>
    public static MultiplyAdds Count(nn.Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.eval();
        long sum = 0;
        int layers = 0;
        List<Action> unhook = [];
        foreach (nn.Module module in network.modules())
        {
            // Each output element is a sum over the weights of its channel.
            if (module is Conv2d convolution)
                Hook(convolution, output => output.numel() * convolution.weight.numel() / convolution.weight.shape[0]);
            else if (module is PointwiseConvolution pointwise)
                Hook(pointwise, output => output.numel() * pointwise.Inputs);
            else if (module is Linear dense)
                Hook(dense, output => output.numel() * dense.weight.shape[1]);
        }
        network.call(zeros(1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width));
        unhook.ForEach(remove => remove());
        return new MultiplyAdds(sum, layers);

        void Hook(nn.Module<Tensor, Tensor> layer, Func<Tensor, long> count) =>
            unhook.Add(layer.register_forward_hook((_, _, output) =>
            {
                sum += count(output);
                layers++;
                return output;
            }).remove);
    }
}
