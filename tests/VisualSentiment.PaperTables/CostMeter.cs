using System.Diagnostics;
using VisualSentiment;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Import;
using static TorchSharp.torch;

namespace PaperTables;

/// <summary>Counts what is in a network and measures a forward pass.</summary>
internal static class CostMeter
{
    private const int Passes = 5;

    public static NetworkCost Measure(PaperNetwork network)
    {
        using var seeded = SeededTorch.Begin(1);
        using var scope = NewDisposeScope();
        using var owned = OwnedNetwork.Create(() => network.Create(PaperNetwork.Classes));
        ParameterCount parameters = ParameterCount.Of(owned.Module);
        long products = MultiplyAdds.Count(owned.Module).Total;
        return new NetworkCost(parameters.Trainable, parameters.WithStatistics, products, Forward(owned.Module));
    }

    /// <summary>The same of an ONNX backbone, without the head.</summary>
    public static NetworkCost MeasureOnnx(string path)
    {
        using var backbone = OnnxBackbone.Load(new(path, PixelNormalization.MinusOneToOne));
        byte[] pixels = new byte[PixelFormat.ByteCount];
        return new NetworkCost(backbone.Parameters, null, null, Median(() => backbone.Embed(pixels)));
    }

    /// <summary>Why a network cannot be trained on this machine at all; null where it can.</summary>
    public static string? FindLackOfMemory(PaperNetwork network)
    {
        GC.Collect();
        var memory = GC.GetGCMemoryInfo();
        double free = (memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes) / 1e9;
        return free >= network.Gigabytes ? null : FormattableString.Invariant($"needs about {network.Gigabytes:0} GB of memory, and {free:0.0} GB are free");
    }

    private static double Forward(nn.Module<Tensor, Tensor> network)
    {
        using var memory = ReusedMemory.Begin();
        using var noGradient = no_grad();
        network.eval();
        ChannelsLast.Apply(network);
        Tensor bytes = randint(0, 256, [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels], ScalarType.Byte);
        return Median(() =>
        {
            using var pass = NewDisposeScope();
            network.call(ChannelsLast.Normalize(bytes, PixelNormalization.ImageNet));
        });
    }

    private static double Median(Action action)
    {
        action();
        double[] milliseconds = new double[Passes];
        for (int i = 0; i < Passes; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(milliseconds);
        return milliseconds[Passes / 2];
    }
}
