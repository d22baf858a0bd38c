using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Networks;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Training.Gradients;

/// <summary>The first two layers by hand, against libtorch.</summary>
public sealed class PooledConvolutionTests
{
    private const int Images = 2;

    public PooledConvolutionTests() => LibTorchBackend.EnsureLoaded();

    [Theory]
    [InlineData(64, 3, 1, 4)]
    [InlineData(16, 5, 2, 2)]
    [InlineData(8, 7, 3, 3)]
    [InlineData(8, 1, 1, 2)]
    [InlineData(8, 8, 4, 5)]
    public void Values_and_gradients_are_those_of_libtorch(int outputs, int kernel, int stride, int window)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var network = Network(Conv2d(3, outputs, kernel_size: kernel, stride: stride), MaxPool2d(kernel_size: window), outputs);
        Tensor pixels = randn(Images, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels).permute(0, 3, 1, 2);
        Tensor upstream = randn(Images, 3);
        Tensor expected = network.call(pixels);
        var expectedGradients = autograd.grad([expected], [.. network.parameters()], [upstream]);

        PooledConvolution first = PooledConvolution.TryMatch(network)!;
        var (pooled, indices) = first.Forward(pixels);
        Tensor actual = first.ForwardRest(pooled);
        var gradients = autograd.grad([actual], [pooled, .. network.parameters().Skip(2)], [upstream]);
        var (weight, bias) = first.Backward(pixels, indices, gradients[0]);

        AssertEqual(expected, actual);
        Tensor[] all = [weight, bias, .. gradients.Skip(1)];
        Assert.Equal(expectedGradients.Count, all.Length);
        foreach (var (one, other) in expectedGradients.Zip(all))
            AssertEqual(one, other);
    }

    [Fact]
    public void First_layers_of_the_paper_student_are_a_pooled_convolution() => Check(PaperStudent.Create(classes: 6), isKnown: true);

    [Fact]
    public void First_layers_of_other_networks_are_no_pooled_convolution()
    {
        Conv2dAndPool(isKnown: true);
        Conv2dAndPool(padding: 1);
        Conv2dAndPool(dilation: 2);
        Conv2dAndPool(bias: false);
        Conv2dAndPool(poolStride: 1);
        Conv2dAndPool(poolPadding: 1);
        Conv2dAndPool(ceiling: true);
        Conv2dAndPool(window: 230);
        Check(Sequential(("conv", Conv2d(3, 8, 3)), ("relu", ReLU()), ("pool", MaxPool2d(2)), ("flatten", Flatten())), isKnown: false);
        Check(CompactStudent.Create(6, width: 1), isKnown: false);

        void Conv2dAndPool(long padding = 0, long dilation = 1, bool bias = true, long? poolStride = null, long poolPadding = 0, bool ceiling = false, long window = 2, bool isKnown = false) =>
            Check(Network(Conv2d(3, 8, 3, padding: padding, dilation: dilation, bias: bias), MaxPool2d(window, poolStride, poolPadding, ceil_mode: ceiling), 8), isKnown);
    }

    [Fact]
    public void Weights_that_are_not_trained_are_left_to_libtorch()
    {
        var network = PaperStudent.Create(classes: 6);
        network.parameters().First().requires_grad_(false);

        Check(network, isKnown: false);
    }

    private static void Check(Module<Tensor, Tensor> network, bool isKnown)
    {
        using (network)
            Assert.Equal(isKnown, PooledConvolution.TryMatch(network) is not null);
    }

    private static Module<Tensor, Tensor> Network(Module<Tensor, Tensor> convolution, Module<Tensor, Tensor> pooling, int outputs)
    {
        var network = Sequential(("conv", convolution), ("pool", pooling), ("relu", ReLU()), ("average", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(outputs, 3)));
        ChannelsLast.Apply(network);
        return network;
    }

    private static void AssertEqual(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        double difference = (expected - actual).abs().max().item<float>(), size = expected.abs().max().item<float>();
        Assert.True(difference <= 1e-4 * size, $"{difference} apart, where values reach {size}");
    }
}
