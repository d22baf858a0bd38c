namespace VisualSentiment.Common;

/// <summary>
/// Processes items on the threads of the pool. A thread that waits for an item processes other items meanwhile, so that
/// waiting cannot deadlock in a busy pool. Only one thread may post, wait and stop.
/// </summary>
/// <param name="helpers">The maximum number of pool threads; with 0, the waiting thread does all the work.</param>
/// <param name="work">Processes an item.</param>
internal sealed class ParallelWork<TItem, TResult>(int helpers, Func<TItem, TResult> work)
{
    private readonly Lock _gate = new();
    private readonly Queue<(TItem Item, Task<TResult> Task)> _waiting = new();
    private readonly HashSet<Task<TResult>> _running = [];
    private int _helping;

    /// <summary>Adds an item to the queue.</summary>
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

    /// <summary>Waits until an item is processed, successfully or not.</summary>
    public void Wait(Task<TResult> task, CancellationToken cancellationToken = default)
    {
        while (!task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryWork(isHelper: false))
                Task.WaitAny([task], cancellationToken);
        }
    }

    /// <summary>Removes the queued items.</summary>
    /// <returns>The removed items, and a task that completes when the running items are processed; it never fails.</returns>
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
                // Under the lock, so that no item is posted for a helper that has just stopped.
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
