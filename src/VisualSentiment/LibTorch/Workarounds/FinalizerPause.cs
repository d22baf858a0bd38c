using System.Diagnostics;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// Defect: TorchSharp 0.107.0 passes the handle of a <c>Scalar</c> to native code without keeping the <c>Scalar</c> alive during
/// the call. A collection on any thread lets the finalizer free the number while it is read: even batch normalization
/// fails with "argument alpha must not be a floating point number" or similar. No upstream issue is known; dotnet/TorchSharp
/// pull requests #1434 and #1496 (open) dispose implicitly created scalars and would remove many of the cases.
/// Work-around: no finalizer of the process runs during a step. Collections continue; the finalizer thread waits in
/// the finalizer of a <see cref="Blocker"/>.
/// No longer needed if <c>WorkaroundTests.TorchSharp_does_not_keep_numbers_alive_during_native_calls</c> fails.
/// </summary>
/// <remarks>
/// Concurrent pauses take turns of an <see cref="Interval"/> or a step, because finalizers may only run between the
/// steps of all threads. A pause within another one on the same thread is part of it.
/// </remarks>
internal sealed class FinalizerPause : IDisposable
{
    /// <summary>The minimum time that finalizers wait if steps are short; a longer step blocks them until its end.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // Code that waits for finalizers within a step must not wait forever.
    private static readonly TimeSpan MaxBlock = TimeSpan.FromSeconds(30);

    // If another finalizer takes longer, the next step tries again.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static Task _pending = Task.CompletedTask;

    // Completes with the last requested turn.
    private static Task _lastTurn = Task.CompletedTask;

    [ThreadStatic]
    private static FinalizerPause? _ofThread;

    private TaskCompletionSource? _turn;
    private ManualResetEventSlim? _release;
    private long _begun;

    /// <summary>Whether a pause on any thread has its turn or waits for it.</summary>
    internal static bool IsHeld => !Volatile.Read(ref _lastTurn).IsCompleted;

    /// <summary>Must be called before each step, before any of its computations.</summary>
    /// <param name="always">Whether finalizers run even if they ran less than an <see cref="Interval"/> ago.</param>
    public void BeforeStep(bool always = false)
    {
        if (_ofThread is { } outer && outer != this)
        {
            outer.BeforeStep(always);
            return;
        }
        if (_turn is not null && !always && Stopwatch.GetElapsedTime(_begun) < Interval)
            return;
        Dispose();
        // A collection would end the caller's no-GC region.
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            return;
        _turn = new TaskCompletionSource();
        _ofThread = this;
        // In order of the calls, so that no thread waits forever.
        Interlocked.Exchange(ref _lastTurn, _turn.Task).Wait(MaxBlock);
        WaitForFinalizers();
        ManualResetEventSlim reached = new(), release = new();
        CreateBlocker(reached, release);
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        reached.Wait(Timeout);
        (_release, _begun) = (release, Stopwatch.GetTimestamp());
    }

    /// <summary>Lets finalizers run.</summary>
    public void Dispose()
    {
        _release?.Set();
        _release = null;
        _turn?.SetResult();
        _turn = null;
        if (_ofThread == this)
            _ofThread = null;
    }

    // The newest object is finalized first: without this, older ones would wait behind the next blocker.
    private static void WaitForFinalizers()
    {
        // At most one thread waits for finalizers that do not end.
        if (_pending.IsCompleted)
            _pending = Task.Run(GC.WaitForPendingFinalizers);
        _pending.Wait(Timeout);
    }

    // Not inlined: no variable of the caller may hold the object.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CreateBlocker(ManualResetEventSlim reached, ManualResetEventSlim release) =>
        _ = new Blocker(reached, release);

    private sealed class Blocker(ManualResetEventSlim reached, ManualResetEventSlim release)
    {
        ~Blocker()
        {
            reached.Set();
            release.Wait(MaxBlock);
        }
    }
}
