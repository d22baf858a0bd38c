using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Training.Gradients;

/// <summary>Networks with forward hooks are computed in the ordinary way, one image after the other.</summary>
public sealed class ForwardHooksTests
{
    public ForwardHooksTests() => LibTorchBackend.EnsureLoaded();

    public static TheoryData<string, int> Kinds => new(
        from kind in (string[])["before", "after", "before, of the module", "after, of the module"] from module in (int[])[-1, 0, 1, 3] select (kind, module));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_network_with_hooks_is_not_shared_between_threads(string kind, int module)
    {
        using var scope = NewDisposeScope();
        using var network = PaperStudent.Create(classes: 3);
        Assert.True(SharedNetwork.IsSafe(network));
        Assert.NotNull(PooledConvolution.TryMatch(network));

        var hooked = module < 0 ? network : (Module<Tensor, Tensor>)network.children().ElementAt(module);
        Action remove = kind switch
        {
            "before" => hooked.register_forward_pre_hook((_, x) => x).remove,
            "after" => hooked.register_forward_hook((_, _, y) => y).remove,
            "before, of the module" => hooked.register_forward_pre_hook(_ => { }).remove,
            _ => hooked.register_forward_hook(_ => { }).remove,
        };
        Assert.False(SharedNetwork.IsSafe(network));
        Assert.Equal(module == 3, PooledConvolution.TryMatch(network) is not null);

        remove();
        Assert.True(SharedNetwork.IsSafe(network));
    }
}
