using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Teaching;

public sealed class RegionAttentionTests
{
    public RegionAttentionTests() => LibTorchBackend.EnsureLoaded();

    [Fact]
    public void Positions_are_weighted_by_softmax_and_averaged_with_the_plain_mean()
    {
        using var scope = NewDisposeScope();
        using var pooling = new RegionPooling(channels: 2);
        using (no_grad())
            pooling.get_parameter("attention")!.copy_(tensor(new[] { MathF.Log(3), 0 }));
        // Two positions, (1, 2) and (0, 4), which the attention weights by 3/4 and 1/4.
        Tensor map = tensor(new[] { 1f, 0, 2, 4 }, [1, 2, 1, 2]);

        Tensor pooled = pooling.call(map);

        Assert.Equal([1, 2], pooled.shape);
        Assert.Equal([(0.5f + 0.75f) / 2, (3 + 2.5f) / 2], pooled.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void ResNet50_begins_as_the_plain_one_and_its_attention_learns()
    {
        using var seeded = SeededTorch.Begin(2);
        using var scope = NewDisposeScope();
        using var owned = OwnedNetwork.Create(() => new ResNet50(3, dropoutProbability: 0, regionAttention: true));
        using var plain = OwnedNetwork.Create(() => new ResNet50(3, dropoutProbability: 0));
        using (no_grad())
            plain.Module.load_state_dict(owned.Module.state_dict().Where(entry => !entry.Key.StartsWith("regions.", StringComparison.Ordinal)).ToDictionary(entry => entry.Key, entry => entry.Value));
        owned.Module.eval();
        plain.Module.eval();
        Tensor input = randn(2, 64, 64, 3).permute(0, 3, 1, 2);

        Tensor logits = owned.Module.call(input);

        Assert.Equal([2, 3], logits.shape);
        Assert.True(allclose(plain.Module.call(input), logits, rtol: 1e-3, atol: 1e-4));
        nn.functional.cross_entropy(logits, tensor(new long[] { 0, 2 })).backward();
        Tensor gradient = owned.Module.get_parameter("regions.attention")!.grad!;
        Assert.Equal([2048], gradient.shape);
        Assert.True(gradient.abs().sum().item<float>() > 0);
        Assert.Equal(ParameterCount.Of(plain.Module).Trainable + 2048, ParameterCount.Of(owned.Module).Trainable);
    }
}
