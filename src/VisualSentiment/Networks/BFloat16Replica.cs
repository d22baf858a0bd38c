using System.Globalization;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Networks;

/// <summary>
/// A second network of the same kind, whose weights are those of the first rounded to bfloat16. Steps too small for bfloat16's
/// eight bits add up in the first one's 32.
/// </summary>
internal sealed class BFloat16Replica : IDisposable
{
    // Rounding leaves above 0.99; what convolutions get wrong is near 0.
    private const double LeastCosine = 0.9;

    private readonly nn.Module<Tensor, Tensor> _original;
    private readonly OwnedNetwork _copy;

    private BFloat16Replica(nn.Module<Tensor, Tensor> original, OwnedNetwork copy) => (_original, _copy) = (original, copy);

    public nn.Module<Tensor, Tensor> Module => _copy.Module;

    /// <summary>
    /// Creates a replica, unless it cannot stand for the original. The gradients of both are compared on a picture of noise:
    /// oneDNN in libtorch 2.10 computes some convolutions wrongly on some processors (<see cref="ChannelsLast"/>).
    /// </summary>
    /// <param name="original">A network that threads may share, in channels-last.</param>
    /// <param name="createAnother">Creates the same network anew, with any weights. What it draws changes nothing for others.</param>
    /// <param name="flaw">Why there is none.</param>
    public static BFloat16Replica? Create(nn.Module<Tensor, Tensor> original, Func<OwnedNetwork> createAnother, out string? flaw)
    {
        using Tensor random = get_rng_state();
        var replica = new BFloat16Replica(original, createAnother());
        try
        {
            set_rng_state(random);
            ChannelsLast.Apply(replica.Module);
            replica._copy.To(ScalarType.BFloat16);
            flaw = replica.FindFlaw();
        }
        catch
        {
            replica.Dispose();
            throw;
        }
        if (flaw is null)
            return replica;
        replica.Dispose();
        return null;
    }

    /// <summary>Takes over the weights that the original has now.</summary>
    public void Refresh()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (weight, rounded) in _original.parameters().Zip(Module.parameters()))
            rounded.copy_(weight);
    }

    public void Dispose() => _copy.Dispose();

    private string? FindFlaw()
    {
        if (!Describe(_original).SequenceEqual(Describe(Module)) || !SharedNetwork.IsSafe(Module, ScalarType.BFloat16))
            return "another network is made each time";
        Refresh();
        using var scope = NewDisposeScope();
        foreach (var (name, expected, actual) in _original.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => entry.name)
            .Zip(GradientsOfNoise(_original, ScalarType.Float32), GradientsOfNoise(Module, ScalarType.BFloat16)))
            if (Cosine(expected, actual) is var cosine && !(cosine >= LeastCosine))
                return string.Create(CultureInfo.InvariantCulture, $"the gradient of '{name}' has a cosine of {cosine:0.00} to the one in 32 bits");
        return null;
    }

    private static IEnumerable<string> Describe(nn.Module<Tensor, Tensor> network) =>
    [
        .. network.named_modules().Select(entry => $"{entry.name}: {entry.module.GetType()}"),
        .. network.named_parameters().Select(entry => $"{entry.name}: {string.Join(" x ", entry.parameter.shape)}, {entry.parameter.requires_grad}"),
    ];

    private static IList<Tensor> GradientsOfNoise(nn.Module<Tensor, Tensor> network, ScalarType type)
    {
        // Drawn from no random state.
        Tensor noise = arange(PixelFormat.ByteCount, ScalarType.Float64).square().mul(0.01).sin();
        Tensor picture = noise.reshape(1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels).permute(0, 3, 1, 2).to(type);
        Tensor logits = network.call(picture);
        Tensor signs = arange(logits.numel()).remainder(2).mul(2).sub(1).reshape(logits.shape).to(type);
        return autograd.grad([logits], [.. network.parameters().Where(parameter => parameter.requires_grad)], [signs]);
    }

    // Of a layer that noise does not reach, nothing is known, and nothing is wrong.
    private static double Cosine(Tensor expected, Tensor actual)
    {
        Tensor a = expected.to(ScalarType.Float64), b = actual.to(ScalarType.Float64);
        double lengths = Math.Sqrt(a.square().sum().item<double>() * b.square().sum().item<double>());
        return lengths == 0 ? 1 : (a * b).sum().item<double>() / lengths;
    }
}
