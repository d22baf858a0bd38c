namespace VisualSentiment.Imaging;

/// <summary>All bytes of a file or stream in a pooled buffer.</summary>
internal sealed class PooledBytes : IDisposable
{
    private readonly ImageBuffer _buffer;
    private int _length;

    private PooledBytes(int capacity) => _buffer = new ImageBuffer(capacity);

    public ReadOnlySpan<byte> Span => _buffer.Span[.._length];

    /// <summary>Reads from the stream's position to its end.</summary>
    /// <exception cref="UnreadableImageException">Reading fails, or the limit on the file size is exceeded.</exception>
    public static PooledBytes Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PooledBytes? bytes = null;
        try
        {
            ImageLimits limits = ImageLimits.Default;
            long? expected = stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) : null;
            if (expected > limits.MaxFileBytes)
                throw DecodingCost.FileTooLong(name, expected, limits);
            // One byte more than expected, so that the end is found without growing the buffer.
            bytes = new PooledBytes((int)Math.Min(int.MaxValue, expected + 1 ?? 64 * 1024));
            bytes.Fill(stream, limits, name);
            return bytes;
        }
        catch (Exception e)
        {
            bytes?.Dispose();
            if (e is UnreadableImageException or OperationCanceledException)
                throw;
            throw new UnreadableImageException(name, e is OutOfMemoryException ? "out of memory" : e.Message, e);
        }
    }

    public void Dispose() => _buffer.Dispose();

    private void Fill(Stream stream, ImageLimits limits, string name)
    {
        while (stream.Read(_buffer.Span[_length..]) is var read and > 0)
        {
            _length += read;
            if (_length > limits.MaxFileBytes)
                throw DecodingCost.FileTooLong(name, bytes: null, limits);
            if (_length == _buffer.Length)
                _buffer.Grow((int)Math.Min(2L * _length, Math.Min(int.MaxValue, limits.MaxFileBytes + 1)));
        }
    }
}
