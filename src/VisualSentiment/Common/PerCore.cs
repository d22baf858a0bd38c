using System.Runtime.ExceptionServices;

namespace VisualSentiment;

/// <summary>Work on many images, each on one thread, as many at once as there are cores.</summary>
internal static class PerCore
{
    /// <summary>How many images are worked on before what is done in order catches up.</summary>
    public static readonly int Ahead = 8 * Environment.ProcessorCount;

    /// <summary>Does the work for every index, in any order. A failure is thrown as it was, the first of several.</summary>
    public static void For(int count, Action<int> work, CancellationToken cancellation)
    {
        // Without a bound, the pool adds thread after thread to a loop that takes long, and each works on an image of its own.
        var cores = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        try
        {
            Parallel.For(0, count, cores, work);
        }
        catch (AggregateException e)
        {
            cancellation.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>The same, and then another work for every index in order, on the calling thread, which is never further behind than <see cref="Ahead"/>.</summary>
    public static void For(int count, Action<int> work, Action<int> then, CancellationToken cancellation)
    {
        for (int from = 0; from < count; from += Ahead)
        {
            int start = from, several = Math.Min(Ahead, count - from);
            For(several, i => work(start + i), cancellation);
            for (int i = from; i < from + several; i++)
                then(i);
        }
    }
}
