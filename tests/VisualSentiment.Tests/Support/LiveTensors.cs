using static TorchSharp.torch;

namespace VisualSentiment.Tests.Support;

/// <summary>Counts tensors, without those that earlier tests left to the garbage collector: it would free them at any moment.</summary>
internal static class LiveTensors
{
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
