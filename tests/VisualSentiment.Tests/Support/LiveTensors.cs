using static TorchSharp.torch;

namespace VisualSentiment.Tests.Support;

/// <summary>Counts tensors, without those that earlier tests left to the garbage collector: it would free them at any moment.</summary>
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
}
