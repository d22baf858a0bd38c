using VisualSentiment.Common;
using System.Collections.Concurrent;

namespace VisualSentiment.Tests.Common;

public class PerCoreTests
{
    [Fact]
    public void Every_index_is_worked_on_once()
    {
        ConcurrentBag<int> seen = [];

        PerCore.For(1000, seen.Add, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 1000), seen.Order());
    }

    [Fact]
    public void Continuations_run_in_order_and_close_behind()
    {
        ConcurrentBag<int> worked = [];
        List<int> followed = [];

        PerCore.For(5 * PerCore.Ahead + 3, worked.Add, i =>
        {
            Assert.Contains(i, worked);
            Assert.InRange(worked.Count - followed.Count, 1, PerCore.Ahead);
            followed.Add(i);
        }, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 5 * PerCore.Ahead + 3), followed);
    }

    [Fact]
    public void A_failure_is_thrown_as_it_was()
    {
        var failure = Assert.Throws<InvalidDataException>(() =>
            PerCore.For(100, i => throw new InvalidDataException($"image {i}"), CancellationToken.None));

        Assert.StartsWith("image ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_stops_the_work()
    {
        using var stop = new CancellationTokenSource();
        int followed = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => PerCore.For(1_000_000, _ => { }, _ =>
        {
            followed++;
            stop.Cancel();
        }, stop.Token));

        Assert.InRange(followed, 1, PerCore.Ahead);
    }
}
