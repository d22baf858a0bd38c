using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The fastest of several products of two 2048 x 2048 float32 matrices: the most that libtorch computes on the machine.</summary>
internal sealed class MatrixProductCompetitor : ICompetitor
{
    private const int Size = 2048;
    private const int Products = 8;
    private readonly Tensor _a;
    private readonly Tensor _b;

    public MatrixProductCompetitor(CompetitorSettings settings)
    {
        var device = torch.device(PlainTorch.Load());
        _ = settings;
        (_a, _b) = (randn(Size, Size, device: device), randn(Size, Size, device: device));
        Multiply();
    }

    /// <summary>The units are floating-point operations.</summary>
    public Measurement Run() => new(Stopwatches.MeasureEach(Products, Multiply).Latencies.Min() / 1000, 2.0 * Size * Size * Size);

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    private void Multiply()
    {
        _a.mm(_b).Dispose();
        // Kernels on a GPU run asynchronously.
        if (_a.device_type == DeviceType.CUDA)
            cuda.synchronize();
    }
}
