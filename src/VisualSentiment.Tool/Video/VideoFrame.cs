using System.Buffers;
using System.Diagnostics;

namespace VisualSentiment.Tool.Video;

/// <summary>A frame: RGB bytes, row by row from the top. Disposing returns the memory to a pool.</summary>
internal sealed class VideoFrame(int number, int width, int height) : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(3 * width * height);

    /// <summary>Gets the number of frames before this one, including dropped frames.</summary>
    public int Number => number;

    public int Width => width;

    public int Height => height;

    public Span<byte> Pixels => _buffer.AsSpan(0, 3 * width * height);

    /// <summary>Gets or sets the time at which the frame was read completely.</summary>
    public long ReadAt { get; set; }

    public TimeSpan Age => Stopwatch.GetElapsedTime(ReadAt);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
