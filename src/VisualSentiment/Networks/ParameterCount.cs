using TorchSharp.Modules;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch.nn;

namespace VisualSentiment;

/// <summary>The number of parameters of a network, counted in two common ways.</summary>
/// <param name="Trainable">The number of trainable parameters, as in PyTorch.</param>
/// <param name="WithStatistics">
/// The number in the paper and in a Keras summary of its networks: the trainable parameters, the running mean and
/// variance of every batch normalization, and a bias for every convolution, even if it has none.
/// </param>
public readonly record struct ParameterCount(long Trainable, long WithStatistics)
{
    /// <summary>Counts the parameters of a network.</summary>
    /// <param name="network">The network.</param>
    public static ParameterCount Of(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        long trainable = network.parameters().Sum(p => p.numel());
        long statistics = 0, missingBiases = 0;
        foreach (Module module in network.modules())
        {
            if (module is BatchNorm2d { running_mean: { } mean, running_var: { } variance })
                statistics += mean.numel() + variance.numel();
            if (module is Conv2d { bias: null } convolution)
                missingBiases += convolution.weight.shape[0];
            if (module is PointwiseConvolution pointwise)
                missingBiases += pointwise.Outputs;
        }
        return new ParameterCount(trainable, trainable + statistics + missingBiases);
    }
}
