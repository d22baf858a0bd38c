using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Support;

/// <summary>Counts tensors, without those that earlier tests left to the garbage collector: it would free them at any moment.</summary>
/// <remarks>
/// TorchSharp 0.107 counts a tensor twice when it becomes a parameter: the parameter takes over its handle, and the old object, which has
/// nothing left to free, stays in <see cref="Tensor.TotalCount"/> for ever. <c>CountOnce</c> takes the second count back.
/// </remarks>
internal static class LiveTensors
{
    public static long Count()
    {
        // Twice: what a finalizer lets go of is freed by the next.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return Tensor.TotalCount;
    }

    /// <summary>Corrects the count for the parameters of a new network, and returns the network.</summary>
    public static nn.Module<Tensor, Tensor> CountOnce(nn.Module<Tensor, Tensor> network)
    {
        CountOnce(network.parameters().Count());
        return network;
    }

    /// <summary>Corrects the count for parameters that the library has created.</summary>
    public static void CountOnce(int parameters) => Interlocked.Add(ref Total(null), -parameters);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "_totalCount")]
    private static extern ref long Total(Tensor? type);
}
