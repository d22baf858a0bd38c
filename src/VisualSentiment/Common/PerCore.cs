using System.Runtime.ExceptionServices;

namespace VisualSentiment.Common;

/// <summary>Runs work on many images in parallel, one image per thread and one thread per core.</summary>
internal static class PerCore
{
    /// <summary>The maximum number of images processed ahead of the sequential part.</summary>
    public static readonly int Ahead = 8 * Environment.ProcessorCount;

    /// <summary>Runs the work for every index, in any order. Throws the first failure unchanged.</summary>
    public static void For(int count, Action<int> work, CancellationToken cancellation)
    {
        // Without a bound, the pool keeps adding threads to a long loop, and each uses the memory of one more image.
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation,
        };
        try
        {
            Parallel.For(0, count, options, work);
        }
        catch (AggregateException e)
        {
            cancellation.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>
    /// Runs the work likewise, and then, in order and on the calling thread, <paramref name="then"/> for every index.
    /// The parallel part is at most <see cref="Ahead"/> indices ahead.
    /// </summary>
    public static void For(int count, Action<int> work, Action<int> then, CancellationToken cancellation)
    {
        for (int start = 0; start < count; start += Ahead)
        {
            int first = start, length = Math.Min(Ahead, count - start);
            For(length, i => work(first + i), cancellation);
            for (int i = first; i < first + length; i++)
                then(i);
        }
    }
}
