using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>
/// A stretch of work in which libtorch spreads what the calling thread computes over so many threads. libtorch sets a number
/// for the process along with it, which threads take at their first computation; that one is put back at once.
/// </summary>
internal sealed class ComputeThreads : IDisposable
{
    private static readonly Lock Gate = new();
    private readonly int _before;

    private ComputeThreads(int threads)
    {
        lock (Gate)
        {
            // A thread that has not asked yet would fall back to the process's number later.
            _before = get_num_threads();
            Set(threads, _before);
        }
    }

    /// <summary>Begins such a stretch, to be disposed on the same thread.</summary>
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
