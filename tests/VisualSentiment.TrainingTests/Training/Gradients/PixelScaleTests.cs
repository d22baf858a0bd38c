using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Training.Gradients;

public sealed class PixelScaleTests
{
    public PixelScaleTests() => LibTorchBackend.EnsureLoaded();

    [Fact]
    public void The_processor_feeds_a_network_the_numbers_that_a_gpu_makes_of_the_bytes()
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i / PixelFormat.Channels + i % PixelFormat.Channels);
        float[] here = new float[pixels.Length];

        new PixelScale(PixelNormalization.ImageNet).Convert(pixels, here);

        using var scope = NewDisposeScope();
        Tensor bytes = tensor(pixels, [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        Tensor there = ChannelsLast.Normalize(bytes, PixelNormalization.ImageNet);
        Assert.Equal(here, there.permute(0, 2, 3, 1).contiguous().data<float>().ToArray(), (x, y) => Math.Abs(x - y) < 1e-6f);
        Assert.InRange(here.Max() - here.Min(), 4f, 5f);
    }
}
