using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.LibTorch;

public class OwnedNetworkTests
{
    public OwnedNetworkTests() => LibTorchBackend.EnsureLoaded();

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
