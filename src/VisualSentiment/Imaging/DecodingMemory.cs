using System.Runtime.InteropServices;

namespace VisualSentiment.Imaging;

/// <summary>
/// The memory of images that are being decoded. Those that need much wait for each other where there is not enough for
/// all of them, and what decoders leave in glibc's heaps goes back to the system.
/// </summary>
internal static unsafe class DecodingMemory
{
    /// <summary>Images that need less are not counted.</summary>
    private const long Small = 4 << 20;

    /// <summary>Decoders may leave so much behind, over several images, before the heaps are trimmed.</summary>
    private const long MaxUntrimmed = 32 << 20;

    private static readonly object Gate = new();
    private static long _used, _untrimmed;

    /// <summary>Waits until there is memory for an image.</summary>
    /// <param name="bytes">What decoding it needs.</param>
    /// <exception cref="OutOfMemoryException">The system has not that much.</exception>
    public static void Acquire(long bytes)
    {
        if (bytes <= Small)
            return;
        long limit = Math.Max(ImageLimits.Default.MaxMemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        lock (Gate)
        {
            while (_used > 0 && _used + bytes > limit)
                Monitor.Wait(Gate);
            // Skia ends the process where it gets no memory. Large blocks are only reserved here, which takes
            // microseconds.
            NativeMemory.Free(NativeHeap.Allocate(bytes));
            _used += bytes;
        }
    }

    /// <summary>Ends what <see cref="Acquire"/> began, with the same number.</summary>
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
