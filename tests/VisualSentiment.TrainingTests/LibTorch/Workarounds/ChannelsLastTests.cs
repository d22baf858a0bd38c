using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.LibTorch.Workarounds;

public class ChannelsLastTests
{
    public ChannelsLastTests() => LibTorchBackend.EnsureLoaded();

    [Theory]
    [InlineData(16, 16, 1)]
    [InlineData(16, 16, 16)]
    [InlineData(16, 32, 16)]
    [InlineData(32, 64, 2)]
    public void Outputs_and_gradients_are_those_of_the_plain_layout(int inputs, int outputs, int groups)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        Module<Tensor, Tensor> network = Sequential(
            ("first", Conv2d(3, inputs, kernel_size: 3)), ("relu", ReLU()),
            ("grouped", Conv2d(inputs, outputs, kernel_size: 3, groups: groups)), ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()));
        Tensor images = randn(4, 3, 20, 20), weights = randn(4, outputs);
        var (expected, expectedGradients) = Compute(network, images, weights);

        ChannelsLast.Apply(network);
        var (actual, gradients) = Compute(network, images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2), weights);

        Assert.Equal(expected, actual, (x, y) => Math.Abs(x - y) < 1e-4f);
        Assert.Equal(expectedGradients, gradients, (x, y) => Math.Abs(x - y) < 1e-3f);
    }

    private static (float[] Outputs, float[] Gradients) Compute(Module<Tensor, Tensor> network, Tensor images, Tensor weights)
    {
        network.zero_grad();
        Tensor outputs = network.call(images);
        (outputs * weights).sum().backward();
        return (Values(outputs), [.. network.parameters().SelectMany(parameter => Values(parameter.grad!))]);
    }

    private static float[] Values(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();
}
