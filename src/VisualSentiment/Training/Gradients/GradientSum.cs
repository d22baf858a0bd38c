using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VisualSentiment.Training.Gradients;

/// <summary>Gradients of the same parameters, added up in the order in which they come.</summary>
internal sealed class GradientSum : IDisposable
{
    private Tensor[] _sums = [];

    /// <summary>Adds gradients, one a parameter. They are no longer the caller's.</summary>
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

    /// <summary>Adds another sum, which is empty afterwards.</summary>
    public void Take(GradientSum other)
    {
        if (other._sums.Length > 0)
            Add(other._sums);
        other._sums = [];
    }

    /// <summary>Makes the sum the gradient of the parameters, and is empty afterwards.</summary>
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
