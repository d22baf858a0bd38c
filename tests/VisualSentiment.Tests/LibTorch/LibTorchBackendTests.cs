using TorchSharp;
using VisualSentiment.LibTorch;

namespace VisualSentiment.Tests.LibTorch;

public class LibTorchBackendTests
{
    [Fact]
    public void Loads_with_nothing_asked_of_the_user()
    {
        LibTorchBackend.EnsureLoaded();

        using var sum = (torch.ones(3) + 1).sum();

        Assert.Equal(6f, sum.item<float>());
    }
}
