using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// The memory layout that libtorch's convolutions are fastest in: the channels of a pixel lie together. Shapes stay
/// [N, C, H, W]; only the strides change.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>Lays out the weights of every convolution anew; values, names and shapes stay.</summary>
    public static void Apply(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        IReadOnlyList<Conv2d> plain = PlainDepthwiseLayout.Apply(network);
        foreach (var parameter in network.parameters())
            if (parameter.dim() == 4 && !plain.Any(convolution => ReferenceEquals(convolution.weight, parameter)))
                parameter.set_(parameter.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
    }

    /// <summary>
    /// RGB bytes [N, H, W, 3] to what a network is fed, [N, 3, H, W]. The bytes are in this layout already.
    /// </summary>
    public static Tensor Normalize(Tensor pixels, PixelNormalization normalization)
    {
        using var scope = NewDisposeScope();
        var (scale, offset) = normalization.ToScaleAndOffset();
        Tensor x = pixels.to(ScalarType.Float32).mul_(tensor(scale, device: pixels.device)).add_(tensor(offset, device: pixels.device));
        return x.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
