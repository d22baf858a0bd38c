using TorchSharp;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>
/// Processes the images of a step as one batch on the calling thread. The next step's pixels are prepared meanwhile.
/// </summary>
internal sealed class BatchGradient : StepGradient
{
    // With fewer multiply-adds per layer and thread, synchronization takes longer than the computation.
    private const double MinMultiplyAddsPerThread = 24e6;

    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly IBatchLoss _loss;
    private readonly PixelBatch[] _batches;
    private readonly ComputeThreads? _threads;
    private Task? _prefetch;
    private int _current;

    public BatchGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss, Func<PixelBatch> createBatch,
        int batchSize, DeviceType device)
    {
        _network = network;
        _loss = loss;
        _batches = [createBatch(), createBatch()];
        if (device == DeviceType.CPU && get_num_threads() > 1)
            _threads = ComputeThreads.Use(ChooseThreads(MultiplyAdds.Count(network), batchSize, get_num_threads()));
    }

    public override double Compute(MicroBatch step, MicroBatch? next)
    {
        using var scope = NewDisposeScope();
        _network.zero_grad();
        PixelBatch batch = _batches[_current];
        if (_prefetch is null)
            Fill(batch, step, _loss.GetPixelObserver(step));
        else
            _prefetch.GetAwaiter().GetResult();
        _prefetch = null;
        _current = 1 - _current;
        PixelBatch other = _batches[_current];
        if (next is { } following && AllowsPrefetch)
        {
            PixelObserver? observer = _loss.GetPixelObserver(following);
            _prefetch = Task.Run(() => Fill(other, following, observer));
        }

        Tensor value = _loss.Compute(_network.call(batch.ToTensor(step.Views.Length)), step);
        value.backward();
        return value.item<float>() * (double)step.Views.Length;
    }

    public override void Dispose()
    {
        // Waits without throwing: the task must not write to a disposed batch.
        _prefetch?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _threads?.Dispose();
        foreach (PixelBatch batch in _batches)
            batch.Dispose();
    }

    private bool AllowsPrefetch => _loss.AllowsPrefetch || !_loss.NeedsPixels;

    private void Fill(PixelBatch batch, MicroBatch step, PixelObserver? observer)
    {
        if (AllowsPrefetch)
            batch.FillInParallel(step, observer);
        else
            batch.Fill(step, observer);
    }

    /// <summary>Chooses the number of threads by the mean work per layer; all threads if no layer is known.</summary>
    internal static int ChooseThreads(MultiplyAdds work, int batchSize, int threads) => work.Layers == 0 ? threads
        : (int)Math.Clamp((double)work.Total * batchSize / work.Layers / MinMultiplyAddsPerThread, 1, threads);
}
