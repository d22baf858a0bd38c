using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.LibTorch.Workarounds;

public sealed class PointwiseConvolutionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Output_is_that_of_a_convolution_of_one_pixel(int stride)
    {
        using var seeded = SeededTorch.Begin(1);
        using var scope = NewDisposeScope();
        using var owned = OwnedNetwork.Create(() => new PointwiseConvolution(6, 4, stride));
        Tensor weight = owned.Module.get_parameter("weight")!;
        Assert.Equal([4, 6, 1, 1], weight.shape);
        Tensor input = randn(2, 7, 7, 6).permute(0, 3, 1, 2);

        Tensor expected = nn.functional.conv2d(input, weight, strides: [stride, stride]);
        Tensor actual = owned.Module.call(input);

        Assert.Equal(expected.shape, actual.shape);
        Assert.True(allclose(expected, actual, rtol: 1e-5, atol: 1e-6));
        Tensor[] gradients = [autograd.grad([expected.square().sum()], [weight])[0], autograd.grad([actual.square().sum()], [weight])[0]];
        Assert.True(allclose(gradients[0], gradients[1], rtol: 1e-4, atol: 1e-5));
    }

    // Elsewhere this ended the process.
    [Theory]
    [InlineData(256, 1024, 14)]
    [InlineData(1024, 512, 14)]
    [InlineData(512, 2048, 7)]
    public void Shapes_of_a_residual_network_are_computed_in_batches(int inputs, int outputs, int side)
    {
        using var seeded = SeededTorch.Begin(1);
        using var scope = NewDisposeScope();
        using var owned = OwnedNetwork.Create(() => new PointwiseConvolution(inputs, outputs));
        Assert.Equal([20, outputs, side, side], owned.Module.call(zeros(20, side, side, inputs).permute(0, 3, 1, 2)).shape);
    }
}
