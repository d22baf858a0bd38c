using System.Runtime.CompilerServices;
using Microsoft.ML.Runtime;

namespace VisualSentiment.Common;

/// <summary>
/// Cancels work when its <c>MLContext</c> is canceled, for example by a time-out of AutoML. ML.NET has a flag to poll,
/// but no event.
/// </summary>
internal static class ContextCancellation
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs work with a token that <paramref name="token"/> or the context cancels.</summary>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static T Run<T>(IHostEnvironment environment, Func<CancellationToken, T> work, CancellationToken token)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token);
        void Poll()
        {
            if (IsCanceled(environment))
                either.Cancel();
        }
        Poll();
        var timer = new Timer(_ => Poll(), null, Interval, Interval);
        try
        {
            return work(either.Token);
        }
        catch (OperationCanceledException e) when (token.IsCancellationRequested)
        {
            // Rethrown with the caller's token; a task started with that token would otherwise fail instead of being canceled.
            throw new OperationCanceledException(e.Message, e, token);
        }
        finally
        {
            // Waits for a running callback, which still uses the source.
            timer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_IsCanceled")]
    private static extern bool IsCanceled(
        [UnsafeAccessorType("Microsoft.ML.Runtime.ICancelable, Microsoft.ML.Core")] object environment);
}
