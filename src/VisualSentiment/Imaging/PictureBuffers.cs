using System.Buffers;

namespace VisualSentiment.Imaging;

/// <summary>
/// Buffers for the bytes of a file and for a decoded picture. The shared pool keeps one of every size for each thread that ever
/// had one, so that memory grows with the threads that come and go; this one keeps as many as there were at once.
/// </summary>
internal static class PictureBuffers
{
    // What is kept here is kept for good; the shared pool gives longer ones back to the system after a while.
    private const int LongestKept = 4 << 20;

    private static readonly ArrayPool<byte> Kept = ArrayPool<byte>.Create(LongestKept, maxArraysPerBucket: 2 * Environment.ProcessorCount);

    /// <summary>A buffer of at least a length; what is in it is left from before.</summary>
    public static byte[] Rent(int length) => PoolOf(length).Rent(length);

    public static void Return(byte[] buffer) => PoolOf(buffer.Length).Return(buffer);

    private static ArrayPool<byte> PoolOf(int length) => length <= LongestKept ? Kept : ArrayPool<byte>.Shared;
}
