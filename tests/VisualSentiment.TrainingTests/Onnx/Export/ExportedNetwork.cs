using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Onnx.Export;

/// <summary>A network and the model it was exported to, side by side.</summary>
internal static class ExportedNetwork
{
    public static byte[] Export(Module<Tensor, Tensor> network, int classes) => OnnxExporter.Export(network,
        new OnnxModelInfo { Classes = [.. Enumerable.Range(0, classes).Select(i => $"class {i}")] });

    /// <summary>The operators of the graph, in order.</summary>
    public static IReadOnlyList<string> Operations(byte[] model) =>
        [.. ModelProto.Parser.ParseFrom(model).Graph.Node.Select(node => node.OpType)];

    /// <summary>Statistics and weights as training might leave them.</summary>
    public static void RandomizeNormalizations(Module<Tensor, Tensor> network)
    {
        using var noGradient = no_grad();
        foreach (var norm in network.modules().OfType<TorchSharp.Modules.BatchNorm>())
            foreach (Tensor tensor in norm.buffers().Concat(norm.parameters()).Where(tensor => tensor.is_floating_point()))
                tensor.copy_(rand(tensor.shape) + 0.5);
    }

    /// <summary>On random images, the model's logits are those of the network in evaluation mode.</summary>
    public static void AssertSameLogits(Module<Tensor, Tensor> network, byte[] model)
    {
        const int Images = 2;
        using var classifier = new OnnxClassifier(model, "test");
        byte[] pixels = new byte[Images * PixelFormat.ByteCount];
        new Random(5).NextBytes(pixels);
        float[] logits = new float[Images * classifier.Classes.Count];
        classifier.Logits(pixels, Images, logits);

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.eval();
        Tensor input = tensor(pixels).reshape(Images, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels);
        // In the plain layout: what libtorch computes from the other one is tested elsewhere.
        float[] expected = network.call(ChannelsLast.Normalize(input, PixelNormalization.ImageNet).contiguous()).data<float>().ToArray();
        Assert.Equal(expected.Length, logits.Length);
        Assert.All(expected.Zip(logits), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }
}
