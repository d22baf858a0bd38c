using TorchSharp.Modules;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>Which networks several threads may train at once.</summary>
internal static class SharedNetwork
{
    /// <summary>
    /// Whether the network consists of modules that keep nothing of a computation and draw no random numbers, all of whose
    /// parameters take part: threads with an image each then see only weights, and the gradients do not depend on who comes first.
    /// </summary>
    /// <remarks>
    /// A backward pass is tried on an empty image. What is wrong in it is an exception here, but would end the process in
    /// autograd.grad.
    /// </remarks>
    public static bool IsSafe(nn.Module<Tensor, Tensor> network)
    {
        // A hook may do anything, too.
        if (!network.modules().Append(network).All(module => IsStateless(module) && !ForwardHooks.Exist(module)))
            return false;
        using var scope = NewDisposeScope();
        network.zero_grad();
        network.call(zeros(1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width)).sum().backward();
        bool complete = network.parameters().All(parameter => !parameter.requires_grad || parameter.grad is not null);
        network.zero_grad();
        return complete;
    }

    // Types derived from these may do anything.
    private static bool IsStateless(nn.Module module) => module.GetType() is var type && (type == typeof(Sequential)
        || module is IStateless or ModuleList<Conv2d>
        || type == typeof(Conv2d) || type == typeof(Linear) || type == typeof(Flatten) || type == typeof(Identity)
        || type == typeof(MaxPool2d) || type == typeof(AvgPool2d) || type == typeof(AdaptiveAvgPool2d)
        || type == typeof(ReLU) || type == typeof(ReLU6) || type == typeof(SiLU) || type == typeof(Hardswish)
        || type == typeof(Hardsigmoid) || type == typeof(Sigmoid) || type == typeof(Tanh));
}
