using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Networks;

public sealed class BFloat16ReplicaTests
{
    public BFloat16ReplicaTests() => LibTorchBackend.EnsureLoaded();

    public static TheoryData<string> Modules => [.. Middles.Keys];

    // Every module that threads may share, between a convolution and a dense layer.
    private static Dictionary<string, Func<Module<Tensor, Tensor>>> Middles { get; } = new()
    {
        ["conv"] = () => Conv2d(16, 16, kernel_size: 3), ["identity"] = () => Identity(),
        ["max pool"] = () => MaxPool2d(2), ["average pool"] = () => AvgPool2d(2), ["adaptive pool"] = () => AdaptiveAvgPool2d(3),
        ["relu"] = () => ReLU(), ["relu6"] = () => ReLU6(), ["silu"] = () => SiLU(), ["hardswish"] = () => Hardswish(),
        ["hardsigmoid"] = () => Hardsigmoid(), ["sigmoid"] = () => Sigmoid(), ["tanh"] = () => Tanh(),
        ["sequential"] = () => Sequential(ReLU(), Conv2d(16, 32, kernel_size: 1), Conv2d(32, 16, kernel_size: 3)),
    };

    [Theory]
    [MemberData(nameof(Modules))]
    public void Every_module_that_threads_may_share_computes_in_it(string middle) => AssertReplicated(() => Sequential(
        ("conv", Conv2d(3, 16, kernel_size: 4, stride: 4)), ("middle", Middles[middle]()), ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(16, 3))));

    [Fact]
    public void The_papers_student_and_small_networks_are_replicated()
    {
        AssertReplicated(() => PaperStudent.Create(classes: 8));
        AssertReplicated(() => SmallNetworks.Plain(classes: 3));
    }

    [Fact]
    public void Weights_are_the_originals_rounded_after_each_refresh()
    {
        using var original = Original(() => SmallNetworks.Plain(classes: 3));
        using var replica = BFloat16Replica.Create(original.Module, () => OwnedNetwork.Create(() => SmallNetworks.Plain(classes: 3)), out _)!;
        using var scope = NewDisposeScope();

        using (no_grad())
            foreach (var weight in original.Module.parameters())
                weight.mul_(-3);
        replica.Refresh();

        Assert.All(original.Module.parameters().Zip(replica.Module.parameters()), pair =>
        {
            Assert.Equal((ScalarType.Float32, ScalarType.BFloat16), (pair.First.dtype, pair.Second.dtype));
            Assert.Equal(pair.First.stride(), pair.Second.stride());
            Assert.True(pair.First.to(ScalarType.BFloat16).eq(pair.Second).all().item<bool>());
        });
    }

    [Fact]
    public void What_it_draws_and_makes_changes_nothing_for_others()
    {
        using var original = Original(() => SmallNetworks.Plain(classes: 3));
        using var scope = NewDisposeScope();
        manual_seed(9);
        float expected = rand(1).item<float>();
        long before = LiveTensors.Count();
        manual_seed(9);

        BFloat16Replica.Create(original.Module, () => OwnedNetwork.Create(() => SmallNetworks.Plain(classes: 3)), out _)!.Dispose();

        Assert.Equal(before, Tensor.TotalCount);
        Assert.Equal(expected, rand(1).item<float>());
        Assert.All(original.Module.parameters(), weight => Assert.Equal(ScalarType.Float32, weight.dtype));
    }

    [Fact]
    public void A_network_of_other_modules_weights_or_gradients_is_refused()
    {
        Assert.Equal("another network is made each time", FlawOf(SmallNetworks.Plain(classes: 4)));
        Assert.Equal("another network is made each time", FlawOf(Plain(Tanh(), stride: 8)));
        Assert.Matches(@"^the gradient of 'conv\.weight' has a cosine of -?0\.\d\d to the one in 32 bits$", FlawOf(Plain(ReLU(), stride: 3)));

        static Module<Tensor, Tensor> Plain(Module<Tensor, Tensor> activation, int stride) => Sequential(
            ("conv", Conv2d(3, 8, kernel_size: 7, stride: stride)), ("relu", activation), ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(8, 3)));
    }

    private static string? FlawOf(Module<Tensor, Tensor> other)
    {
        using var original = Original(() => SmallNetworks.Plain(classes: 3));
        Assert.Null(BFloat16Replica.Create(original.Module, () => OwnedNetwork.Create(() => other), out string? flaw));
        return flaw;
    }

    private static void AssertReplicated(Func<Module<Tensor, Tensor>> create)
    {
        using var original = Original(create);
        using BFloat16Replica? replica = BFloat16Replica.Create(original.Module, () => OwnedNetwork.Create(create), out string? flaw);
        Assert.Null(flaw);
        Assert.NotNull(replica);
    }

    private static OwnedNetwork Original(Func<Module<Tensor, Tensor>> create)
    {
        manual_seed(4);
        var network = OwnedNetwork.Create(create);
        ChannelsLast.Apply(network.Module);
        return network;
    }
}
