using System.Buffers;
using System.Runtime.CompilerServices;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Prediction;

/// <summary>
/// Images in, results out, in order and as they are asked for. A bounded number of images is under way at a time, each
/// decoded and scored on one thread, so that any number of images takes the same memory.
/// </summary>
internal sealed class PredictionStream<T>(
    PixelClassifier classifier, PixelPreprocessor preprocessor, PredictionSource<T> source, PredictManyOptions options)
{
    public IEnumerable<ImageResult> Run(IEnumerable<T> images, CancellationToken cancellationToken)
    {
        // The thread that asks for results is one of those that work.
        var work = CreateWork(options.MaxParallelism - 1);
        Queue<Task<ImageResult>> underWay = new(options.Capacity);
        try
        {
            using var enumerator = images.GetEnumerator();
            bool ended = false;
            for (long index = 0; ;)
            {
                while (!ended && underWay.Count < options.Capacity)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ended = !enumerator.MoveNext();
                    if (!ended)
                        underWay.Enqueue(work.Post((enumerator.Current, index++)));
                }
                if (!underWay.TryDequeue(out var first))
                    yield break;
                work.Wait(first, cancellationToken);
                yield return first.GetAwaiter().GetResult();
            }
        }
        finally
        {
            Stop(work).GetAwaiter().GetResult();
        }
    }

    public async IAsyncEnumerable<ImageResult> RunAsync(
        IAsyncEnumerable<T> images, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var work = CreateWork(options.MaxParallelism);
        Queue<Task<ImageResult>> underWay = new(options.Capacity);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var enumerator = images.GetAsyncEnumerator(abandoned.Token);
        Task<bool>? next = null;
        try
        {
            bool ended = false;
            for (long index = 0; ;)
            {
                if (!ended && underWay.Count < options.Capacity)
                    next ??= enumerator.MoveNextAsync().AsTask();
                if (next is { IsCompleted: true })
                {
                    ended = !await next.ConfigureAwait(false);
                    next = null;
                    if (!ended)
                        underWay.Enqueue(work.Post((enumerator.Current, index++)));
                    continue;
                }
                if (!underWay.TryPeek(out var first) && next is null)
                    yield break;
                // A slow source must not keep back the results that are there.
                if (first is { IsCompleted: true })
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    _ = underWay.Dequeue();
                    yield return await first.ConfigureAwait(false);
                    continue;
                }
                Task[] awaited = [.. new Task?[] { first, next }.OfType<Task>()];
                await Task.WhenAny(awaited).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            // A source cannot be disposed while it looks for its next image.
            if (next is not null)
            {
                await next.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
                if (next is { IsCompletedSuccessfully: true, Result: true })
                    source.Release(enumerator.Current);
            }
            await Stop(work).ConfigureAwait(false);
            await enumerator.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ParallelWork<(T Image, long Index), ImageResult> CreateWork(int helpers) => new(helpers, Predict);

    private Task Stop(ParallelWork<(T Image, long Index), ImageResult> work)
    {
        var (dropped, idle) = work.Stop();
        foreach (var (image, _) in dropped)
            source.Release(image);
        return idle;
    }

    private ImageResult Predict((T Image, long Index) item)
    {
        var (image, index) = item;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        string name = source.Name(image, index);
        try
        {
            var pixels = buffer.AsSpan(0, PixelFormat.ByteCount);
            source.Read(preprocessor, image, pixels, name);
            float[] scores = new float[classifier.Classes.Count];
            classifier.Score(pixels, 1, scores);
            return new ImageResult(index, name, new SentimentPrediction(classifier.Classes, scores));
        }
        catch (UnreadableImageException e)
        {
            return new ImageResult(index, name, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            source.Release(image);
        }
    }
}
