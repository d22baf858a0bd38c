using System.Runtime.ExceptionServices;
using TorchSharp.Modules;
using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>
/// Processes several images in parallel, one per worker thread. Each worker gets an equal share of libtorch's threads,
/// usually one: threads that compute one image together would wait for each other at every layer.
/// </summary>
/// <remarks>
/// The workers share the network and only read its weights. The images of each worker and the order in which gradients
/// are added are fixed, so that the same number of workers gives the same bits. The loss is computed for one image at a
/// time, in the order of the images.
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

    /// <summary>
    /// Requires a network for which <see cref="SharedNetwork.IsSafe"/> is true, and a loss that is a mean over images.
    /// </summary>
    public ParallelGradient(
        nn.Module<Tensor, Tensor> network, IBatchLoss loss, Func<PixelBatch> createBatch, int workers)
    {
        _network = network;
        _loss = loss;
        _first = PooledConvolution.TryMatch(network);
        _parameters = [.. network.parameters().Where(parameter => parameter.requires_grad)];
        _batches = [.. Enumerable.Range(0, workers).Select(_ => createBatch())];
        _sums = [.. _batches.Select(_ => new GradientSum())];
        _barrier = new Barrier(workers + 1);
        int share = Math.Max(1, get_num_threads() / workers);
        _threads = [.. Enumerable.Range(0, workers).Select(worker =>
            new Thread(() => Work(worker, share)) { IsBackground = true, Name = $"training worker {worker}" })];
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
            _sums[0].AddAndClear(sum);
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
                    if (!TryAddGradient(image, _batches[worker], _sums[worker]))
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

    // Returns false if another worker has failed.
    private bool TryAddGradient(int image, PixelBatch batch, GradientSum sum)
    {
        using var scope = NewDisposeScope();
        MicroBatch slice = _step.Slice(image, 1);
        Tensor pixels = batch.Gather(slice, _loss.GetPixelObserver(slice));
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
        var gradients = autograd.grad([logits], [pooled, .. _parameters.AsSpan(2)], [gradient]);
        var (weight, bias) = _first.Backward(pixels, indices, gradients[0]);
        sum.Add([weight, bias, .. gradients.Skip(1)]);
        return true;
    }

    // An error in a custom loss's backward pass throws here but would end the process in autograd.grad.
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

/// <summary>A sum of gradients of the same parameters.</summary>
internal sealed class GradientSum : IDisposable
{
    private Tensor[] _sums = [];

    /// <summary>Adds gradients, one per parameter, and takes ownership of them.</summary>
    public void Add(IList<Tensor> gradients)
    {
        if (_sums.Length == 0)
        {
            _sums = [.. gradients.Select(gradient => gradient.DetachFromDisposeScope())];
            return;
        }
        using var scope = NewDisposeScope();
        foreach (var (sum, gradient) in _sums.Zip(gradients))
        {
            sum.add_(gradient);
            gradient.Dispose();
        }
    }

    public void AddAndClear(GradientSum other)
    {
        if (other._sums.Length > 0)
            Add(other._sums);
        other._sums = [];
    }

    /// <summary>Sets the gradients of the parameters to the sum, and clears it.</summary>
    public void MoveTo(IReadOnlyList<Parameter> parameters)
    {
        foreach (var (parameter, sum) in parameters.Zip(_sums))
            parameter.grad = sum;
        Dispose();
    }

    public void Dispose()
    {
        foreach (Tensor sum in _sums)
            sum.Dispose();
        _sums = [];
    }
}
