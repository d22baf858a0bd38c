using System.Runtime.CompilerServices;
using VisualSentiment.Common;
using VisualSentiment.Imaging;

namespace VisualSentiment.Prediction;

/// <summary>
/// Predicts many images, in order, while the results are read. A bounded number of images is in progress at a time,
/// each decoded and scored on one thread, so memory does not grow with the number of images.
/// </summary>
internal sealed class PredictionStream<T>(ImageScorer scorer, PredictionSource<T> source, PredictManyOptions options)
{
    public IEnumerable<ImageResult> Run(IEnumerable<T> images, CancellationToken cancellationToken)
    {
        // The thread that reads the results predicts as well.
        var work = new ParallelWork<(T Image, long Index), ImageResult>(options.MaxParallelism - 1, Predict);
        Queue<Task<ImageResult>> inProgress = new(options.Capacity);
        try
        {
            using var enumerator = images.GetEnumerator();
            bool ended = false;
            for (long index = 0; ;)
            {
                while (!ended && inProgress.Count < options.Capacity)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ended = !enumerator.MoveNext();
                    if (!ended)
                        inProgress.Enqueue(work.Post((enumerator.Current, index++)));
                }
                if (!inProgress.TryDequeue(out var first))
                    yield break;
                work.Wait(first, cancellationToken);
                yield return first.GetAwaiter().GetResult();
            }
        }
        finally
        {
            var (dropped, idle) = work.Stop();
            foreach (var (image, _) in dropped)
                source.Release(image);
            idle.GetAwaiter().GetResult();
        }
    }

    public async IAsyncEnumerable<ImageResult> RunAsync(
        IAsyncEnumerable<T> images, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(options.MaxParallelism);
        Queue<Task<ImageResult>> inProgress = new(options.Capacity);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var enumerator = images.GetAsyncEnumerator(stopping.Token);
        Task<bool>? next = null;
        try
        {
            bool ended = false;
            for (long index = 0; ;)
            {
                if (!ended && inProgress.Count < options.Capacity)
                    next ??= enumerator.MoveNextAsync().AsTask();
                if (next is { IsCompleted: true })
                {
                    ended = !await next.ConfigureAwait(false);
                    next = null;
                    if (!ended)
                        inProgress.Enqueue(PredictAsync(enumerator.Current, index++, slots, stopping.Token));
                    continue;
                }
                if (!inProgress.TryPeek(out var first) && next is null)
                    yield break;
                // Finished results do not wait for a slow source.
                if (first is { IsCompleted: true })
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    _ = inProgress.Dequeue();
                    yield return await first.ConfigureAwait(false);
                    continue;
                }
                Task[] awaited = [.. new Task?[] { first, next }.OfType<Task>()];
                await Task.WhenAny(awaited).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            // A source must not be disposed while MoveNextAsync runs.
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (next is { IsCompletedSuccessfully: true, Result: true })
                    source.Release(enumerator.Current);
            }
            await ((Task)Task.WhenAll(inProgress)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await enumerator.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a slot, which also limits the number of encoded images in memory.</summary>
    private async Task<ImageResult> PredictAsync(T image, long index, SemaphoreSlim slots,
        CancellationToken cancellationToken)
    {
        string name = source.Name(image, index);
        try
        {
            await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                using PooledBytes? encoded = source.LoadAsync is { } load
                    ? await load(scorer.Preprocessor.Limits, image, name, cancellationToken).ConfigureAwait(false)
                    : null;
                SentimentPrediction prediction = await Task.Run(() => encoded is null
                    ? scorer.Predict(image, name, source.Read)
                        : scorer.Predict(encoded.Span, name), CancellationToken.None)
                    .ConfigureAwait(false);
                return new ImageResult(index, name, prediction);
            }
            finally
            {
                slots.Release();
            }
        }
        catch (UnreadableImageException e)
        {
            return new ImageResult(index, name, e);
        }
        finally
        {
            source.Release(image);
        }
    }

    private ImageResult Predict((T Image, long Index) item)
    {
        string name = source.Name(item.Image, item.Index);
        try
        {
            return new ImageResult(item.Index, name, scorer.Predict(item.Image, name, source.Read));
        }
        catch (UnreadableImageException e)
        {
            return new ImageResult(item.Index, name, e);
        }
        finally
        {
            source.Release(item.Image);
        }
    }
}
