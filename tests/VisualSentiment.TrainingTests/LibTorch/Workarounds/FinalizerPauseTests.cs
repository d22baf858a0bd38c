using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.LibTorch.Workarounds;

public class FinalizerPauseTests
{
    private static int _finalized;

    [Fact]
    public void Finalizers_run_between_steps_and_afterwards_alone()
    {
        using var pause = new FinalizerPause();
        pause.BeforeStep();
        int before = _finalized;
        LeaveOne();
        GC.Collect();
        // Nothing tells that something did not happen; unheld, the finalizer takes no millisecond.
        Thread.Sleep(100);
        Assert.Equal(before, _finalized);

        RunFinalizers(pause, before + 1);
        Assert.Equal(before + 1, _finalized);

        LeaveOne();
        GC.Collect();
        // As above.
        Thread.Sleep(100);
        Assert.Equal(before + 1, _finalized);
        pause.Dispose();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before + 2, _finalized);
    }

    [Fact]
    public void Steps_that_follow_soon_share_a_pause()
    {
        using var pause = new FinalizerPause();

        // A busy machine may let the time of a pause go by, or collect, between two lines.
        Assert.Contains(Enumerable.Range(0, 20), _ =>
        {
            pause.BeforeStep(always: true);
            int collections = GC.CollectionCount(0);
            pause.BeforeStep();
            return GC.CollectionCount(0) == collections;
        });
    }

    [Fact]
    public void Numbers_are_not_freed_while_native_code_reads_them()
    {
        LibTorchBackend.EnsureLoaded();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        // Freed numbers are soon overwritten by others of another type.
        var collects = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                for (int i = 0; i < 2000; i++)
                    _ = new string('x', 50);
                GC.Collect(0);
            }
        });
        var others = new Thread(() =>
        {
            using var one = ones(1);
            while (!stop.IsCancellationRequested)
                try
                {
                    (one * 0.37).Dispose();
                }
                catch (ExternalException)
                {
                    // Its own numbers are in no pause between two steps of the other thread.
                }
        });
        using var pause = new FinalizerPause();
        using var normalization = nn.BatchNorm2d(16);
        using var pixels = randn(2, 16, 4, 4);
        long passes = 0;
        pause.BeforeStep();
        collects.Start();
        others.Start();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                pause.BeforeStep();
                normalization.call(pixels).Dispose();
                passes++;
            }
        }
        finally
        {
            stop.Cancel();
            collects.Join();
            others.Join();
        }
        Assert.Equal(passes, normalization.num_batches_tracked!.item<long>());
    }

    [Fact]
    public void Stretches_on_several_threads_take_turns()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        int steps = 0, inTurn = 0, most = 0;
        void Work()
        {
            using var pause = new FinalizerPause();
            for (int step = 0; step < 20; step++)
            {
                pause.BeforeStep(always: true);
                int now = Interlocked.Increment(ref inTurn);
                lock (this)
                    most = Math.Max(most, now);
                Interlocked.Increment(ref steps);
                // A step takes longer than a change of threads.
                Thread.Sleep(5);
                Interlocked.Decrement(ref inTurn);
            }
        }
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(Work))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)));

        Assert.Equal(60, steps);
        Assert.Equal(1, most);
        // Stretches that get in each other's way wait for a second in every step.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_stretch_within_another_does_not_wait_for_it()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var outer = new FinalizerPause();
        outer.BeforeStep();
        int before;
        using (var inner = new FinalizerPause())
        {
            inner.BeforeStep();
            before = _finalized;
            LeaveOne();
            GC.Collect();
            RunFinalizers(inner, before + 1);
        }
        Assert.Equal(before + 1, _finalized);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    // One moment between steps is enough where nothing else waits for the finalizer thread.
    private static void RunFinalizers(FinalizerPause pause, int expected)
    {
        for (int step = 0; step < 20 && _finalized < expected; step++)
            pause.BeforeStep(always: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveOne() => _ = new Counted();

    private sealed class Counted
    {
        ~Counted() => Interlocked.Increment(ref _finalized);
    }
}
