namespace VisualSentiment.Common;

/// <summary>
/// Works on items on the threads of the pool. Whoever waits for an item works on others meanwhile, so that waiting in a
/// busy pool never stands still. Posting, waiting and stopping are for one thread.
/// </summary>
/// <param name="helpers">How many threads of the pool work at once; with 0 everything is done by the thread that waits.</param>
/// <param name="work">What is done with an item.</param>
internal sealed class ParallelWork<TItem, TResult>(int helpers, Func<TItem, TResult> work)
{
    private readonly Lock _gate = new();
    private readonly Queue<(TItem Item, Task<TResult> Task)> _waiting = new();
    private readonly HashSet<Task<TResult>> _running = [];
    private int _helping;

    /// <summary>Puts an item in the queue.</summary>
    public Task<TResult> Post(TItem item)
    {
        var task = new Task<TResult>(() => work(item));
        lock (_gate)
        {
            _waiting.Enqueue((item, task));
            if (_helping == helpers)
                return task;
            _helping++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.Help(), this, preferLocal: false);
        return task;
    }

    /// <summary>Returns once an item is done, well or badly.</summary>
    public void Wait(Task<TResult> task, CancellationToken cancellationToken = default)
    {
        while (!task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryWork(isHelper: false))
                Task.WaitAny([task], cancellationToken);
        }
    }

    /// <summary>Drops what waits.</summary>
    /// <returns>The items that were dropped, and a task that ends, well, when those that have begun are done.</returns>
    public (IReadOnlyList<TItem> Dropped, Task Idle) Stop()
    {
        lock (_gate)
        {
            TItem[] dropped = [.. _waiting.Select(w => w.Item)];
            _waiting.Clear();
            return (dropped, Task.WhenAll(_running).ContinueWith(static _ => { }, TaskScheduler.Default));
        }
    }

    private void Help()
    {
        while (TryWork(isHelper: true))
        {
        }
    }

    private bool TryWork(bool isHelper)
    {
        (TItem Item, Task<TResult> Task) next;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out next))
            {
                // In the same breath, so that no item is posted to a helper that has just gone.
                if (isHelper)
                    _helping--;
                return false;
            }
            _running.Add(next.Task);
        }
        next.Task.RunSynchronously(TaskScheduler.Default);
        lock (_gate)
            _running.Remove(next.Task);
        return true;
    }
}
