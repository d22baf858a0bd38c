using TorchSharp;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.LibTorch;

public class ParameterCountingTests
{
    public ParameterCountingTests() => LibTorchBackend.EnsureLoaded();

    [Fact]
    public void TorchSharp_counts_a_parameter_twice()
    {
        long before = LiveTensors.Count();

        new TorchSharp.Modules.Parameter(ones(3)).Dispose();

        // When this fails, TorchSharp has mended it, and the correction must go.
        Assert.Equal(before + 1, Tensor.TotalCount);
        ParameterCounting.Freed(1);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_network_that_is_freed_leaves_no_tensor()
    {
        long before = LiveTensors.Count();
        var network = OwnedNetwork.Create(() => SmallNetworks.Normalized(3));
        Tensor[] tensors = [.. network.Module.parameters(), .. network.Module.buffers()];

        network.Dispose();
        network.Dispose();

        Assert.Equal(before, Tensor.TotalCount);
        Assert.NotEmpty(tensors);
        Assert.All(tensors, tensor => Assert.True(tensor.IsInvalid));
    }
}
