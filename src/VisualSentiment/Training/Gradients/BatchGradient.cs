using TorchSharp;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Quantization;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>
/// The gradient of a step whose images go through the network together, on the calling thread. The next step's images are
/// made ready meanwhile.
/// </summary>
internal sealed class BatchGradient : StepGradient
{
    // With fewer in a layer for each of them, threads wait for each other longer than they compute.
    private const double MultiplyAddsOfThread = 24e6;

    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly IBatchLoss _loss;
    private readonly PixelBatch[] _batches;
    private readonly ComputeThreads? _threads;
    private Task? _ahead;
    private int _current;

    /// <param name="network">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="createBatch">Creates room for a step's images.</param>
    /// <param name="batchSize">How many images most steps have.</param>
    /// <param name="device">What computes.</param>
    public BatchGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss, Func<PixelBatch> createBatch, int batchSize, DeviceType device)
    {
        _network = network;
        _loss = loss;
        _batches = [createBatch(), createBatch()];
        if (device == DeviceType.CPU && get_num_threads() > 1)
            _threads = ComputeThreads.Use(ThreadsWorthwhile(MultiplyAdds.Count(network), batchSize, get_num_threads()));
    }

    public override double Compute(MicroBatch step, MicroBatch? next)
    {
        using var scope = NewDisposeScope();
        _network.zero_grad();
        PixelBatch batch = _batches[_current];
        if (_ahead is null)
            Fill(batch, step, _loss.Sees(step));
        else
            _ahead.GetAwaiter().GetResult();
        _ahead = null;
        _current = 1 - _current;
        PixelBatch other = _batches[_current];
        if (next is { } coming && SeesSeveral)
        {
            PixelsSeen? see = _loss.Sees(coming);
            _ahead = Task.Run(() => Fill(other, coming, see));
        }

        Tensor value = _loss.Compute(_network.call(batch.Filled(step.Views.Length)), step);
        value.backward();
        return value.item<float>() * (double)step.Views.Length;
    }

    public override void Dispose()
    {
        // What it came to no longer matters, only that it no longer writes.
        _ahead?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _threads?.Dispose();
        foreach (PixelBatch batch in _batches)
            batch.Dispose();
    }

    private bool SeesSeveral => _loss.AllowsPrefetch || !_loss.NeedsPixels;

    private void Fill(PixelBatch batch, MicroBatch step, PixelsSeen? see)
    {
        if (SeesSeveral)
            batch.FillOnAllCores(step, see);
        else
            batch.Fill(step, see);
    }

    /// <summary>How many threads the network's layers are worth; all where it has no layers that are known.</summary>
    internal static int ThreadsWorthwhile(MultiplyAdds work, int batchSize, int threads) => work.Layers == 0 ? threads
        : (int)Math.Clamp((double)work.Total * batchSize / work.Layers / MultiplyAddsOfThread, 1, threads);
}
