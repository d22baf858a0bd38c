using System.Diagnostics;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace VisualSentiment.LibTorch;

/// <summary>
/// A stretch of work in which no finalizer of the process runs, but for moments between its steps. TorchSharp 0.107.0 hands numbers to
/// native code as objects that nothing holds during the call: a collection on any thread lets the finalizer free the number while it
/// is read, and even batch normalisation then fails with "argument alpha must not be a floating point number" or the like. Collections
/// go on; the finalizer thread waits in the finalizer of an object that is left to it for this.
/// </summary>
/// <remarks>
/// Stretches on several threads take turns of an <see cref="Interval"/> or a step, because a moment between the steps of
/// one is none between those of another. A stretch within another on the same thread is part of it.
/// </remarks>
internal sealed class FinalizerPause : IDisposable
{
    /// <summary>How long finalizers wait where steps are short; a longer step makes them wait until its end.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // Whoever waits for finalizers within a step must not wait for ever.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // A finalizer of somebody else's may take its time; then the next step tries again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static Task _pending = Task.CompletedTask;

    // Ends with the last turn that was asked for.
    private static Task _lastTurn = Task.CompletedTask;

    [ThreadStatic]
    private static FinalizerPause? _ofThread;

    private TaskCompletionSource? _turn;
    private Round? _round;
    private long _begun;

    /// <summary>Whether a stretch on any thread has its turn, or waits for it.</summary>
    internal static bool IsHeld => !Volatile.Read(ref _lastTurn).IsCompleted;

    /// <summary>To be called before each step, while nothing of it is computed yet.</summary>
    /// <param name="always">Whether finalizers get their moment even where the last was not long ago.</param>
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
        // A collection would end what someone else has begun.
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            return;
        _turn = new TaskCompletionSource();
        _ofThread = this;
        // In the order in which threads ask, so that none waits for ever.
        Interlocked.Exchange(ref _lastTurn, _turn.Task).Wait(Longest);
        WaitForFinalizers();
        var round = new Round();
        LeaveToFinalizer(round);
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        round.IsReached.Wait(Patience);
        (_round, _begun) = (round, Stopwatch.GetTimestamp());
    }

    /// <summary>Lets finalizers run.</summary>
    public void Dispose()
    {
        _round?.IsOver.Set();
        _round = null;
        _turn?.SetResult();
        _turn = null;
        if (_ofThread == this)
            _ofThread = null;
    }

    // What was left last is finalized first: without this, whatever waits since the last step would go on waiting behind the next round.
    private static void WaitForFinalizers()
    {
        // No second thread waits for finalizers that do not end.
        if (_pending.IsCompleted)
            _pending = Task.Run(GC.WaitForPendingFinalizers);
        _pending.Wait(Patience);
    }

    // Not inlined: no variable of the caller may hold the object.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveToFinalizer(Round round) => _ = new Doorstop(round);

    private sealed class Round
    {
        public ManualResetEventSlim IsReached { get; } = new();

        public ManualResetEventSlim IsOver { get; } = new();
    }

    private sealed class Doorstop(Round round)
    {
        ~Doorstop()
        {
            round.IsReached.Set();
            round.IsOver.Wait(Longest);
        }
    }
}
