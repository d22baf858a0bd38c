using System.Runtime.ExceptionServices;
using TorchSharp.Modules;
using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>
/// The gradient of a step by several workers, each with an image of its own and its share of libtorch's threads: one, where
/// there are no more threads than images. Threads that compute one image together would wait for each other at every layer.
/// </summary>
/// <remarks>
/// The workers share the network and only read its weights. Which worker takes which image is fixed, and so is the order in
/// which gradients are added up, so that the same number of workers gives the same bits. The loss is asked about one
/// image at a time, in the order of the images.
/// </remarks>
internal sealed class ParallelGradient : StepGradient
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly IBatchLoss _loss;
    private readonly PooledConvolution? _first;
    private readonly Parameter[] _parameters;
    private readonly PixelBatch[] _batches;
    private readonly GradientSum[] _sums;
    private readonly Thread[] _threads;
    private readonly Barrier _barrier;
    private readonly object _gate = new();

    private MicroBatch _step;
    private int _turn;
    private double _total;
    private ExceptionDispatchInfo? _failure;
    private bool _stopped;

    /// <param name="network">A network that several threads may compute with at once, and that uses all of its parameters.</param>
    /// <param name="loss">A loss that is a mean over images.</param>
    /// <param name="createBatch">Creates room for one image.</param>
    /// <param name="workers">How many images are worked on at once.</param>
    public ParallelGradient(nn.Module<Tensor, Tensor> network, IBatchLoss loss, Func<PixelBatch> createBatch, int workers)
    {
        _network = network;
        _loss = loss;
        _first = PooledConvolution.TryMatch(network);
        _parameters = [.. network.parameters().Where(parameter => parameter.requires_grad)];
        _batches = [.. Enumerable.Range(0, workers).Select(_ => createBatch())];
        _sums = [.. _batches.Select(_ => new GradientSum())];
        _barrier = new Barrier(workers + 1);
        int share = Math.Max(1, get_num_threads() / workers);
        _threads = [.. Enumerable.Range(0, workers).Select(worker => new Thread(() => Work(worker, share)) { IsBackground = true, Name = $"training worker {worker}" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    public override double Compute(MicroBatch step, MicroBatch? next)
    {
        using (NewDisposeScope())
            _network.zero_grad();
        (_step, _turn, _total, _failure) = (step, 0, 0, null);
        _barrier.SignalAndWait();
        _barrier.SignalAndWait();
        if (_failure is { } failure)
        {
            foreach (GradientSum sum in _sums)
                sum.Dispose();
            failure.Throw();
        }
        foreach (GradientSum sum in _sums[1..])
            _sums[0].Take(sum);
        _sums[0].MoveTo(_parameters);
        return _total;
    }

    public override void Dispose()
    {
        _stopped = true;
        _barrier.SignalAndWait();
        foreach (Thread thread in _threads)
            thread.Join();
        _barrier.Dispose();
        foreach (IDisposable part in (IEnumerable<IDisposable>)[.. _batches, .. _sums])
            part.Dispose();
    }

    private void Work(int worker, int threads)
    {
        using var share = ComputeThreads.Use(threads);
        while (true)
        {
            _barrier.SignalAndWait();
            if (_stopped)
                return;
            try
            {
                for (int image = worker; image < _step.Views.Length; image += _threads.Length)
                    if (!TryLearn(image, _batches[worker], _sums[worker]))
                        break;
            }
            catch (Exception e)
            {
                lock (_gate)
                {
                    _failure ??= ExceptionDispatchInfo.Capture(e);
                    Monitor.PulseAll(_gate);
                }
            }
            _barrier.SignalAndWait();
        }
    }

    // False where another worker has failed.
    private bool TryLearn(int image, PixelBatch batch, GradientSum sum)
    {
        using var scope = NewDisposeScope();
        MicroBatch slice = _step.Slice(image, 1);
        Tensor pixels = batch.Gather(slice, _loss.Sees(slice));
        var (pooled, indices) = _first?.Forward(pixels) ?? default;
        Tensor logits = _first is not null ? _first.ForwardRest(pooled) : _network.call(pixels);
        Tensor? gradient;
        lock (_gate)
        {
            while (_turn != image && _failure is null)
                Monitor.Wait(_gate);
            if (_failure is not null)
                return false;
            gradient = Differentiate(logits, slice);
            _turn++;
            Monitor.PulseAll(_gate);
        }
        if (gradient is null)
            return true;
        if (_first is null)
        {
            sum.Add(autograd.grad([logits], _parameters, [gradient]));
            return true;
        }
        // The first two parameters are those of the first layer.
        var found = autograd.grad([logits], [pooled, .. _parameters.AsSpan(2)], [gradient]);
        var (weight, bias) = _first.Backward(pixels, indices, found[0]);
        sum.Add([weight, bias, .. found.Skip(1)]);
        return true;
    }

    // The loss may be anybody's, and what is wrong in its backward pass is an exception here, but would end the process in
    // autograd.grad.
    private Tensor? Differentiate(Tensor logits, MicroBatch slice)
    {
        Tensor leaf = logits.detach().requires_grad_(true);
        int images = _step.Views.Length;
        Tensor value = _loss.Compute(leaf, slice) * (1.0 / images);
        value.backward();
        _total += value.item<float>() * images;
        return leaf.grad;
    }
}
