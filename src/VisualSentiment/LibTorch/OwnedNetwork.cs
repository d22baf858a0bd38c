using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>
/// A network whose every tensor is freed with it. TorchSharp's modules leave their parameters, and what was made on the way
/// to them, to the garbage collector, which knows nothing of the memory behind them.
/// </summary>
internal sealed class OwnedNetwork : IDisposable
{
    private readonly List<IDisposable> _tensors;
    private bool _disposed;

    private OwnedNetwork(nn.Module<Tensor, Tensor> module, List<IDisposable> tensors)
    {
        Module = module;
        _tensors = tensors;
    }

    public nn.Module<Tensor, Tensor> Module { get; }

    /// <summary>Creates a network and takes charge of all tensors that come into being with it.</summary>
    public static OwnedNetwork Create(Func<nn.Module<Tensor, Tensor>> create)
    {
        using var scope = NewDisposeScope();
        var module = create();
        List<IDisposable> made = [.. scope.DisposablesView];
        scope.Detach(made);
        return new OwnedNetwork(module, made);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Tensor[] parameters = [.. Module.parameters()], buffers = [.. Module.buffers()];
        Module.Dispose();
        foreach (Tensor tensor in (IEnumerable<Tensor>)[.. parameters, .. buffers])
            tensor.DetachFromDisposeScope().Dispose();
        foreach (IDisposable tensor in _tensors)
            tensor.Dispose();
    }
}
