using VisualSentiment.Distillation.Losses;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Teaching;

/// <summary>A trained network, computed by libtorch in evaluation mode and without gradients. Owns the network.</summary>
internal sealed class NetworkClassifier(
    OwnedNetwork network, IReadOnlyList<string> classes, ImageFit fit, PixelNormalization normalization) : PixelClassifier
{
    private readonly Lock _gate = new();
    private readonly Device _device = network.Module.parameters().First().device;
    private bool _disposed;

    public override IReadOnlyList<string> Classes { get; } = classes;

    public override ImageFit Fit { get; } = fit;

    public override void Score(ReadOnlySpan<byte> pixels, int count, Span<float> probabilities) => Run(pixels, count, softmax: true, probabilities);

    public override void Logits(ReadOnlySpan<byte> pixels, int count, Span<float> logits) => Run(pixels, count, softmax: false, logits);

    public override void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
                network.Dispose();
            _disposed = true;
        }
    }

    private void Run(ReadOnlySpan<byte> pixels, int count, bool softmax, Span<float> values)
    {
        // libtorch spreads one computation over the cores; two at once would only get in each other's way.
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            network.Module.eval();
            Tensor bytes = empty([count, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels], ScalarType.Byte);
            pixels.CopyTo(bytes.bytes);
            Tensor logits = network.Module.call(ChannelsLast.Normalize(bytes.to(_device), normalization));
            (softmax ? logits.softmax(1) : logits).cpu().data<float>().CopyTo(values);
        }
    }
}
