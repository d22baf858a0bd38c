using TorchSharp.Modules;
using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Support;

public class LiveTensorsTests
{
    public LiveTensorsTests() => LibTorchBackend.EnsureLoaded();

    [Fact]
    public void TorchSharp_counts_a_parameter_twice()
    {
        long before = LiveTensors.Count();

        new Parameter(ones(3)).Dispose();

        // When this fails, TorchSharp counts correctly, and CountOnce must go.
        Assert.Equal(before + 1, Tensor.TotalCount);
        LiveTensors.CountOnce(parameters: 1);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
