using System.Runtime.CompilerServices;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction;

[Collection<ProcessState>]
public sealed class PredictManyTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly SentimentDetector _detector;
    private readonly string[] _files;

    public PredictManyTests()
    {
        File.WriteAllBytes(_folder["student.onnx"], ExportedStudent.Create());
        _detector = SentimentDetector.Load(_folder["student.onnx"]);
        _files = [.. Enumerable.Range(0, 7).Select(i => TestImage.Write(_folder[$"{i}.png"], i))];
    }

    public void Dispose()
    {
        _detector.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Results_come_in_order_and_equal_those_of_single_images(int parallelism)
    {
        string[] files = [.. Enumerable.Range(0, 60).Select(i => _files[i * 3 % _files.Length])];

        var results = _detector.PredictMany(files, new() { MaxParallelism = parallelism }, Token).ToList();

        Assert.Equal(files, results.Select(r => r.Name));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i), results.Select(r => r.Index));
        var expected = _files.ToDictionary(f => f, f => _detector.Predict(f).Scores);
        Assert.All(results, r => Assert.Equal(expected[r.Name], r.Prediction!.Scores));
    }

    [Fact]
    public async Task Every_way_to_give_images_gives_the_same_predictions()
    {
        var expected = _files.Select(f => _detector.Predict(f).Scores).ToList();
        IEnumerable<ReadOnlyMemory<byte>> encoded = _files.Select(f => (ReadOnlyMemory<byte>)File.ReadAllBytes(f));
        IEnumerable<Stream> streams = _files.Select(File.OpenRead);
        IEnumerable<Stream> bodies = _files.Select(f => new AsynchronousStream(File.ReadAllBytes(f)));
        MLImage[] images = [.. _files.Select(MLImage.CreateFromFile)];

        Assert.Equal(expected, Scores(_detector.PredictMany(encoded, cancellationToken: Token)));
        Assert.Equal(expected, Scores(_detector.PredictMany(streams, cancellationToken: Token)));
        Assert.Equal(expected, Scores(await Collect(_detector.PredictManyAsync(Slowly(_files), cancellationToken: Token))));
        Assert.Equal(expected, Scores(await Collect(_detector.PredictManyAsync(Slowly(encoded), cancellationToken: Token))));
        Assert.Equal(expected, Scores(await Collect(_detector.PredictManyAsync(Slowly(streams), cancellationToken: Token))));
        Assert.Equal(expected, Scores(await Collect(_detector.PredictManyAsync(Slowly(bodies), cancellationToken: Token))));
        Assert.Equal(expected, Scores(_detector.PredictMany(images, cancellationToken: Token)));
        Array.ForEach(images, image => image.Dispose());
    }

    [Fact]
    public async Task Bad_image_is_one_bad_result()
    {
        string bad = _folder["bad.jpg"];
        File.WriteAllText(bad, "no image");
        string[] files = [_files[0], bad, "nowhere.jpg", _files[1]];

        var results = _detector.PredictMany(files, cancellationToken: Token).ToList();

        Assert.Equal([true, false, false, true], results.Select(r => r.IsPredicted));
        Assert.Equal(files, results.Select(r => r.Name));
        Assert.Contains("not a JPEG", results[1].Error!.Reason);
        Assert.Contains("nowhere.jpg", results[2].Error!.Message);
        Assert.Equal(results.Select(r => r.ToString()),
            (await Collect(_detector.PredictManyAsync(Slowly(files), cancellationToken: Token))).Select(r => r.ToString()));
    }

    [Fact]
    public async Task A_stream_that_fails_is_one_bad_result()
    {
        Exception[] failures = [new IOException("the line is dead"), new NotSupportedException("no"),
            new ObjectDisposedException("stream"), new InvalidOperationException("not now")];
        IEnumerable<Stream> Streams() =>
            [File.OpenRead(_files[0]), .. failures.Select(e => new FailingStream(e)), File.OpenRead(_files[1])];

        var results = _detector.PredictMany(Streams(), cancellationToken: Token).ToList();

        Assert.Equal([true, false, false, false, false, true], results.Select(r => r.IsPredicted));
        Assert.Equal("the line is dead", results[1].Error!.Reason);
        Assert.Equal(failures, results[1..5].Select(r => r.Error!.InnerException));
        Assert.Equal(results.Select(r => r.ToString()),
            (await Collect(_detector.PredictManyAsync(Slowly(Streams()), cancellationToken: Token))).Select(r => r.ToString()));
        Assert.Throws<UnreadableImageException>(() => _detector.Predict(new FailingStream(failures[0])));
        Assert.Throws<UnreadableImageException>(() => _detector.Explain(new FailingStream(failures[0])));
    }

    [Fact]
    public void Image_from_memory_is_named_by_its_index()
    {
        var results = _detector.PredictMany(
            new ReadOnlyMemory<byte>[] { File.ReadAllBytes(_files[0]), "no image"u8.ToArray() }, cancellationToken: Token).ToList();

        Assert.Equal("image 0", results[0].Name);
        Assert.Contains("'image 1'", results[1].Error!.Message);
    }

    [Fact]
    public void Endless_source_is_pulled_a_bounded_number_ahead()
    {
        int pulled = 0;
        IEnumerable<string> Endless()
        {
            for (; ; pulled++)
                yield return _files[pulled % _files.Length];
        }

        int taken = 0;
        foreach (var result in _detector.PredictMany(Endless(), new() { MaxParallelism = 2, LookAhead = 5 }, Token))
        {
            Assert.InRange(pulled, ++taken, taken + 5);
            if (taken == 20)
                break;
        }
    }

    [Fact]
    public void Nothing_is_pulled_before_results_are_read()
    {
        bool pulled = false;
        IEnumerable<string> Source()
        {
            pulled = true;
            yield return _files[0];
        }

        var results = _detector.PredictMany(Source(), cancellationToken: Token);

        Assert.False(pulled);
        Assert.Single(results);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Streams_are_disposed_unless_they_are_to_stay_open_also_where_the_rest_is_abandoned(bool leaveOpen)
    {
        List<Stream> opened = [];
        IEnumerable<Stream> Source()
        {
            for (int i = 0; ; i++)
            {
                opened.Add(new MemoryStream(TestImage.Encode(i)));
                yield return opened[^1];
            }
        }

        _ = _detector.PredictMany(Source(), new() { MaxParallelism = 3, LeaveStreamsOpen = leaveOpen }, Token).Take(2).Count();

        Assert.True(opened.Count > 2);
        Assert.All(opened, stream => Assert.Equal(leaveOpen, stream.CanRead));
        opened.ForEach(stream => stream.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Asynchronous_streams_are_disposed_unless_they_stay_open(bool leaveOpen)
    {
        List<Stream> opened = [];
        async IAsyncEnumerable<Stream> Source()
        {
            for (int i = 0; ; i++)
            {
                await Task.Yield();
                opened.Add(new AsynchronousStream(TestImage.Encode(i)));
                yield return opened[^1];
            }
        }

        int taken = 0;
        await foreach (var result in _detector.PredictManyAsync(Source(), new() { MaxParallelism = 3, LeaveStreamsOpen = leaveOpen }, Token))
        {
            Assert.True(result.IsPredicted);
            if (++taken == 2)
                break;
        }

        Assert.True(opened.Count > 2);
        Assert.All(opened, stream => Assert.Equal(leaveOpen, stream.CanRead));
        opened.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task Abandoned_asynchronous_source_is_told_and_disposed()
    {
        bool disposed = false;
        async IAsyncEnumerable<string> Source([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            try
            {
                yield return _files[0];
                // There is no second image, and no end: what stops this is being told.
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                disposed = true;
            }
        }

        await foreach (var result in _detector.PredictManyAsync(Source(Token), cancellationToken: Token))
        {
            Assert.Equal(_files[0], result.Name);
            break;
        }

        Assert.True(disposed);
    }

    [Fact]
    public async Task Cancelling_ends_the_enumeration()
    {
        using var cancellation = new CancellationTokenSource();
        IEnumerable<string> Endless()
        {
            while (true)
                yield return _files[0];
        }
        async IAsyncEnumerable<string> EndlessAsync()
        {
            foreach (string file in Endless())
            {
                await Task.Yield();
                yield return file;
            }
        }
        int taken = 0;

        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var result in _detector.PredictMany(Endless(), null, cancellation.Token))
            {
                if (++taken == 10)
                    cancellation.Cancel();
            }
        });
        Assert.Equal(10, taken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Collect(_detector.PredictManyAsync(EndlessAsync(), null, cancellation.Token)));
    }

    [Fact]
    public void Exception_of_the_source_surfaces()
    {
        IEnumerable<string> Source()
        {
            yield return _files[0];
            throw new TimeoutException("the archive is away");
        }

        Assert.Throws<TimeoutException>(() => _detector.PredictMany(Source(), cancellationToken: Token).ToList());
    }

    [Fact]
    public async Task Disposed_detector_says_so()
    {
        _detector.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _detector.PredictMany(_files, cancellationToken: Token).ToList());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Collect(_detector.PredictManyAsync(Slowly(_files), cancellationToken: Token)));
    }

    [Fact]
    public void Wrong_options_are_listed_together_before_anything_is_read()
    {
        var both = Assert.Throws<ArgumentException>(() => _detector.PredictMany(_files, new() { MaxParallelism = 0, LookAhead = -1 }, Token));
        Assert.Contains("MaxParallelism is 0", both.Message);
        Assert.Contains("LookAhead is -1", both.Message);

        var pair = Assert.Throws<ArgumentException>(() => _detector.PredictMany(_files, new() { MaxParallelism = 8, LookAhead = 3 }, Token));
        Assert.Contains("LookAhead is 3; it must be at least MaxParallelism, which is 8", pair.Message);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_images()
    {
        byte[] image = File.ReadAllBytes(_files[0]);
        long Allocated(int count)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            foreach (var result in _detector.PredictMany(Enumerable.Repeat((ReadOnlyMemory<byte>)image, count), new() { MaxParallelism = 2 }, Token))
                Assert.True(result.IsPredicted);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
        Allocated(50);

        // An image has 150,528 bytes when it is decoded.
        Assert.InRange(Allocated(400), 0, 400 * 20_000L);
    }

    private static IEnumerable<IReadOnlyDictionary<string, float>> Scores(IEnumerable<ImageResult> results) => results.Select(r => r.Prediction!.Scores);

    private static async IAsyncEnumerable<T> Slowly<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    private static async Task<List<ImageResult>> Collect(IAsyncEnumerable<ImageResult> results)
    {
        List<ImageResult> collected = [];
        await foreach (var result in results)
            collected.Add(result);
        return collected;
    }

    private sealed class FailingStream(Exception failure) : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw failure;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw failure;
    }
}
