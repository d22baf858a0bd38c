using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>
/// TorchSharp 0.107 counts a tensor twice when it becomes a parameter: the new object takes over the handle of the old one,
/// which then has nothing left to free and never leaves <see cref="Tensor.TotalCount"/>. Whoever frees parameters takes the
/// second count back, so that the total says how many tensors there are.
/// </summary>
internal static class ParameterCounting
{
    /// <summary>Corrects the total for a number of parameters that have been freed.</summary>
    public static void Freed(int parameters) => Interlocked.Add(ref Total(null), -parameters);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "_totalCount")]
    private static extern ref long Total(Tensor? type);
}
