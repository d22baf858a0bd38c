using System.Diagnostics;
using System.Threading.Channels;

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
    private readonly Channel<VideoFrame> _buffer;
    private readonly Task _reading;
    private int _dropped;

    /// <param name="ffmpeg">The process, which is ended by <see cref="Dispose"/>.</param>
    /// <param name="isRealTime">Whether to drop frames.</param>
    public FrameReader(FfmpegProcess ffmpeg, bool isRealTime)
    {
        _ffmpeg = ffmpeg;
        BoundedChannelOptions options = new(capacity: 1)
        {
            FullMode = isRealTime ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.Wait,
        };
        _buffer = Channel.CreateBounded<VideoFrame>(options, Drop);
        _reading = Task.Factory.StartNew(ReadToEnd, CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Dropped => Volatile.Read(ref _dropped);

    public IEnumerable<VideoFrame> Frames(CancellationToken cancellation) =>
        _buffer.Reader.ReadAllAsync(cancellation).ToBlockingEnumerable(CancellationToken.None);

    public void Dispose()
    {
        _stop.Cancel();
        _ffmpeg.Dispose();
        _reading.Wait();
        _stop.Dispose();
    }

    private void ReadToEnd()
    {
        Exception? error = null;
        try
        {
            using var buffered = new BufferedStream(_ffmpeg.Output, 1 << 16);
            for (int number = 0; ReadFrame(buffered, number) is { } frame; number++)
                if (!_buffer.Writer.TryWrite(frame))
                    _buffer.Writer.WriteAsync(frame, _stop.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is EndOfStreamException or OperationCanceledException)
        {
            // The exit code of ffmpeg shows whether the stream is complete.
        }
        catch (Exception e)
        {
            error = e;
        }
        _buffer.Writer.Complete(error);
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

    private void Drop(VideoFrame frame)
    {
        Interlocked.Increment(ref _dropped);
        frame.Dispose();
    }
}
