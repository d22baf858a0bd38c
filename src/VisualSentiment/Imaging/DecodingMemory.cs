using System.Runtime.InteropServices;

namespace VisualSentiment.Imaging;

/// <summary>
/// Limits the memory of concurrent image decoding: large images wait for each other if memory is short. Memory that
/// decoders leave in glibc's heaps is returned to the system.
/// </summary>
internal static unsafe class DecodingMemory
{
    /// <summary>Smaller images are not counted.</summary>
    private const long Small = 4 << 20;

    /// <summary>The bytes that decoders may leave behind before the heaps are trimmed.</summary>
    private const long MaxUntrimmed = 32 << 20;

    private static readonly object Gate = new();
    private static long _used, _untrimmed;

    /// <summary>Waits until there is memory for an image.</summary>
    /// <exception cref="OutOfMemoryException">The system does not have <paramref name="bytes"/> of memory.</exception>
    public static void Acquire(long bytes)
    {
        if (bytes <= Small)
            return;
        long limit = Math.Max(ImageLimits.Default.MaxMemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        lock (Gate)
        {
            while (_used > 0 && _used + bytes > limit)
                Monitor.Wait(Gate);
            // Skia aborts the process if it gets no memory. Large blocks are only reserved, which takes microseconds.
            NativeMemory.Free(NativeHeap.Allocate(bytes));
            _used += bytes;
        }
    }

    /// <summary>Releases what <see cref="Acquire"/> reserved.</summary>
    public static void Release(long bytes)
    {
        if (bytes <= Small)
            return;
        bool trim;
        lock (Gate)
        {
            _used -= bytes;
            _untrimmed += bytes;
            trim = _untrimmed > MaxUntrimmed;
            if (trim)
                _untrimmed = 0;
            Monitor.PulseAll(Gate);
        }
        if (trim)
            NativeHeap.Trim();
    }
}
