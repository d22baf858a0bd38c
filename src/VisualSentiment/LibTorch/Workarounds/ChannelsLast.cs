using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// The memory layout in which libtorch's convolutions are fastest: the channels of a pixel are adjacent. Shapes stay
/// [N, C, H, W]; only the strides change.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>Changes the layout of all convolution weights; values, names and shapes stay.</summary>
    public static void Apply(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        IReadOnlyList<Conv2d> plain = PlainDepthwiseLayout.Apply(network);
        foreach (var parameter in network.parameters())
            if (parameter.dim() == 4 && !plain.Any(convolution => ReferenceEquals(convolution.weight, parameter)))
                parameter.set_(parameter.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
    }

    /// <summary>Normalizes RGB bytes [N, H, W, 3], which are in this layout, to [N, 3, H, W].</summary>
    public static Tensor Normalize(Tensor pixels, PixelNormalization normalization)
    {
        using var scope = NewDisposeScope();
        var (scale, offset) = normalization.ToScaleAndOffset();
        Tensor x = pixels.to(ScalarType.Float32).mul_(tensor(scale, device: pixels.device))
            .add_(tensor(offset, device: pixels.device));
        return x.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// Defect: oneDNN computes depthwise convolutions with several outputs per channel wrongly from channels-last input.
/// Seen with libtorch 2.10.0 (oneDNN 3.7.1) on fifth-generation AMD EPYC processors; no upstream issue is known.
/// Work-around: such a convolution and its input keep the contiguous layout.
/// No longer needed if <c>WorkaroundTests.Depthwise_convolutions_are_computed_wrongly_from_channels_last_input</c> fails.
/// </summary>
internal static class PlainDepthwiseLayout
{
    /// <summary>Makes the input of the affected convolutions contiguous.</summary>
    /// <returns>These convolutions, whose weights must stay contiguous.</returns>
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
