using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>
/// A network that frees all its tensors when it is disposed. TorchSharp's modules leave their parameters and temporary
/// tensors to the garbage collector, which does not consider their native memory.
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

    /// <summary>Creates a network and owns all tensors created meanwhile.</summary>
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
