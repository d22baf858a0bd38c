using TorchSharp.Modules;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>
/// A module of this library that has no state besides its parameters and draws no random numbers, if its children do
/// not.
/// </summary>
internal interface IStateless;

/// <summary>Finds out whether several threads may train one network at once.</summary>
internal static class SharedNetwork
{
    /// <summary>
    /// Whether all modules are stateless and draw no random numbers, and all parameters get gradients. Threads then
    /// share only weights, and the gradients do not depend on the order of the threads.
    /// </summary>
    /// <remarks>
    /// The backward pass is tried on a blank image, because an error there throws here but ends the process in
    /// autograd.grad.
    /// </remarks>
    public static bool IsSafe(nn.Module<Tensor, Tensor> network)
    {
        if (!network.modules().Append(network).All(module => IsStateless(module) && !ForwardHooks.Exist(module)))
            return false;
        using var scope = NewDisposeScope();
        network.zero_grad();
        network.call(zeros(1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width)).sum().backward();
        bool complete = network.parameters().All(parameter => !parameter.requires_grad || parameter.grad is not null);
        network.zero_grad();
        return complete;
    }

    // Exact types, because derived types may have state.
    private static bool IsStateless(nn.Module module) => module.GetType() is var type && (type == typeof(Sequential)
        || module is IStateless or ModuleList<Conv2d>
        || type == typeof(Conv2d) || type == typeof(Linear) || type == typeof(Flatten) || type == typeof(Identity)
        || type == typeof(MaxPool2d) || type == typeof(AvgPool2d) || type == typeof(AdaptiveAvgPool2d)
        || type == typeof(ReLU) || type == typeof(ReLU6) || type == typeof(SiLU) || type == typeof(Hardswish)
        || type == typeof(Hardsigmoid) || type == typeof(Sigmoid) || type == typeof(Tanh));
}
