using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>A network that can be made anew: its layers, what it is fed, and where its pretrained weights come from.</summary>
internal sealed record NetworkDefinition(string Name, PixelNormalization Normalization, Func<int, nn.Module<Tensor, Tensor>> Create)
{
    public WeightsSource? Weights { get; init; }

    /// <summary>Whether the network is so large that training it from random weights deserves a warning.</summary>
    public bool NeedsPretraining { get; init; }
}
