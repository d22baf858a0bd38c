using System.Runtime.CompilerServices;
using Microsoft.ML.Runtime;

namespace VisualSentiment.Common;

/// <summary>
/// Lets the cancellation of an <c>MLContext</c>, as by AutoML's time-outs, stop work that takes a token. ML.NET has no event
/// for it, only a flag to poll.
/// </summary>
internal static class ContextCancellation
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs work with a token that is canceled by <paramref name="token"/> or by the context.</summary>
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
            // A task that was started with the token is canceled by this exception, and fails with that of another token.
            throw new OperationCanceledException(e.Message, e, token);
        }
        finally
        {
            // A callback under way still uses the source.
            timer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_IsCanceled")]
    private static extern bool IsCanceled(
        [UnsafeAccessorType("Microsoft.ML.Runtime.ICancelable, Microsoft.ML.Core")] object environment);
}
