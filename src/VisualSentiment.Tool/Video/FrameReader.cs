using System.Collections.Concurrent;
using System.Diagnostics;

namespace VisualSentiment.Tool.Video;

/// <summary>
/// Reads the frames of ffmpeg on a thread of its own, into a buffer of one frame. If the buffer is full, the new frame
/// replaces the old one in real time; otherwise the reader waits.
/// </summary>
internal sealed class FrameReader : IDisposable
{
    // A frame of 16384 x 16384 pixels has 805 MB.
    private const int MaxSide = 16384;

    private readonly CancellationTokenSource _stop = new();
    private readonly FfmpegProcess _ffmpeg;
    private readonly bool _isRealTime;
    // A channel would resume its readers on threads of the pool. On one processor, the pool has one thread.
    private readonly BlockingCollection<VideoFrame> _buffer = new(boundedCapacity: 1);
    private readonly Task _reading;
    private int _dropped;

    /// <param name="ffmpeg">The process, which is ended by <see cref="Dispose"/>.</param>
    /// <param name="isRealTime">Whether to drop frames.</param>
    public FrameReader(FfmpegProcess ffmpeg, bool isRealTime)
    {
        _ffmpeg = ffmpeg;
        _isRealTime = isRealTime;
        _reading = Task.Factory.StartNew(ReadToEnd, CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Dropped => Volatile.Read(ref _dropped);

    public IEnumerable<VideoFrame> Frames(CancellationToken cancellation)
    {
        foreach (VideoFrame frame in _buffer.GetConsumingEnumerable(cancellation))
            yield return frame;
        _reading.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _ffmpeg.Dispose();
        // Does not throw the exception of the task, unlike Wait.
        Task.WaitAny(_reading);
        _buffer.Dispose();
        _stop.Dispose();
    }

    private void ReadToEnd()
    {
        try
        {
            using var buffered = new BufferedStream(_ffmpeg.Output, 1 << 16);
            for (int number = 0; ReadFrame(buffered, number) is { } frame; number++)
                Add(frame);
        }
        catch (Exception e) when (e is EndOfStreamException or OperationCanceledException)
        {
            // The exit code of ffmpeg shows whether the stream is complete.
        }
        finally
        {
            _buffer.CompleteAdding();
        }
    }

    private void Add(VideoFrame frame)
    {
        if (!_isRealTime)
        {
            _buffer.Add(frame, _stop.Token);
            return;
        }
        while (!_buffer.TryAdd(frame))
            if (_buffer.TryTake(out VideoFrame? old))
            {
                Interlocked.Increment(ref _dropped);
                old.Dispose();
            }
    }

    private static VideoFrame? ReadFrame(Stream images, int number)
    {
        // The header is "P6 WIDTH HEIGHT 255", each followed by one white space character.
        int first = images.ReadByte();
        if (first < 0)
            return null;
        if (first != 'P' || ReadNumber(images) != 6)
            throw new InvalidOperationException("ffmpeg did not write a PPM image.");
        int width = ReadNumber(images), height = ReadNumber(images);
        if (width is < 1 or > MaxSide || height is < 1 or > MaxSide || ReadNumber(images) != 255)
            throw new NotSupportedException($"A frame has {width} x {height} pixels; "
                + $"the maximum is {MaxSide} x {MaxSide}, with 8 bits per color.");
        var frame = new VideoFrame(number, width, height);
        images.ReadExactly(frame.Pixels);
        frame.ReadAt = Stopwatch.GetTimestamp();
        return frame;
    }

    private static int ReadNumber(Stream images)
    {
        int number = 0;
        while (images.ReadByte() is var next and >= '0' and <= '9' && number <= MaxSide)
            number = 10 * number + next - '0';
        return number;
    }
}
