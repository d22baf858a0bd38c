using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The product of two matrices of 2048 x 2048 floats, the most that libtorch gets out of the machine: the best of several.</summary>
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
        // What a GPU was told to do is not done yet.
        if (_a.device_type == DeviceType.CUDA)
            cuda.synchronize();
    }
}
