using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// Defect: oneDNN computes depthwise convolutions with several outputs per channel wrongly from channels-last input.
/// Seen with libtorch 2.10.0 (oneDNN 3.7.1) on fifth-generation AMD EPYC processors; no upstream issue is known.
/// Work-around: such a convolution keeps the plain layout and receives its input in it.
/// No longer needed when <c>WorkaroundTests.Depthwise_convolutions_are_computed_wrongly_from_channels_last_input</c> fails.
/// </summary>
internal static class PlainDepthwiseLayout
{
    /// <summary>Has the affected convolutions of a network receive plain input.</summary>
    /// <returns>These convolutions, whose weights have to stay in the plain layout.</returns>
    public static IReadOnlyList<Conv2d> Apply(nn.Module network)
    {
        Conv2d[] affected = [.. network.modules().Append(network).OfType<Conv2d>().Where(IsAffected).Distinct()];
        foreach (Conv2d convolution in affected)
            convolution.register_forward_pre_hook((_, input) => input.contiguous());
        return affected;
    }

    private static bool IsAffected(Conv2d convolution) =>
        convolution.weight.shape is [var outputs, 1, _, _] && convolution.groups > 1 && outputs > convolution.groups;
}
