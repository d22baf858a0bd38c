using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>A recipe for a student network. The built-in ones, and the way to write one's own, are in <see cref="Students"/>.</summary>
public sealed class Student
{
    private readonly Func<int, nn.Module<Tensor, Tensor>> _create;

    internal Student(string name, PixelNormalization normalization, Func<int, nn.Module<Tensor, Tensor>> create)
    {
        Name = name;
        Normalization = normalization;
        _create = create;
    }

    /// <summary>The name, for logs and the metadata of exported models.</summary>
    public string Name { get; }

    /// <summary>What the first layer is fed.</summary>
    public PixelNormalization Normalization { get; }

    /// <summary>How many parameters the network has for a number of classes.</summary>
    public ParameterCount CountParameters(int classes)
    {
        using var network = Create(classes);
        return ParameterCount.Of(network.Module);
    }

    /// <summary>
    /// How many products of two numbers the network adds up for one picture, in convolutions and dense layers; what else it
    /// does is not counted.
    /// </summary>
    public long CountMultiplyAdds(int classes)
    {
        using var network = Create(classes);
        return MultiplyAdds.Count(network.Module).Total;
    }

    /// <summary>A new network with random weights: input [N, 3, 224, 224], output logits [N, classes].</summary>
    internal OwnedNetwork Create(int classes)
    {
        LibTorchBackend.EnsureLoaded();
        return OwnedNetwork.Create(() =>
            _create(classes) ?? throw new InvalidOperationException($"The student '{Name}' created no network."));
    }
}
