using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>
/// Sets the number of threads that libtorch uses for computations of the calling thread, until it is disposed. libtorch
/// also changes the number of the process, which other threads take at their first computation; it is restored at once.
/// </summary>
internal sealed class ComputeThreads : IDisposable
{
    private static readonly Lock Gate = new();
    private readonly int _before;

    private ComputeThreads(int threads)
    {
        lock (Gate)
        {
            // Fixes the number of this thread, which would otherwise be that of the process at its first computation.
            _before = get_num_threads();
            Set(threads, _before);
        }
    }

    /// <summary>Sets the number. The result must be disposed on the same thread.</summary>
    public static ComputeThreads Use(int threads) => new(threads);

    public void Dispose()
    {
        lock (Gate)
            Set(_before, _before);
    }

    private static void Set(int ofThread, int ofProcess)
    {
        set_num_threads(ofThread);
        if (ofThread == ofProcess)
            return;
        var other = new Thread(() => set_num_threads(ofProcess));
        other.Start();
        other.Join();
    }
}
