namespace VisualSentiment.Imaging;

/// <summary>All bytes of a file or stream, in a borrowed buffer.</summary>
internal sealed class PooledBytes : IDisposable
{
    /// <summary>Longer files are refused: 512 MiB.</summary>
    public const int MaxLength = 512 << 20;

    private byte[] _buffer;
    private int _length;

    private PooledBytes(int capacity) => _buffer = PictureBuffers.Rent(capacity);

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, _length);

    /// <summary>Reads from the stream's position to its end.</summary>
    /// <exception cref="UnreadableImageException">Reading fails, or there is more than <see cref="MaxLength"/>.</exception>
    public static PooledBytes Read(Stream stream, string name)
    {
        // One byte more than there is, so that the end shows without growing the buffer.
        long expected = stream.CanSeek ? stream.Length - stream.Position + 1 : 64 * 1024;
        if (expected > MaxLength)
            throw TooLong(name);
        var bytes = new PooledBytes((int)Math.Max(1, expected));
        try
        {
            while (stream.Read(bytes._buffer.AsSpan(bytes._length)) is var read and > 0)
            {
                bytes._length += read;
                if (bytes._length == bytes._buffer.Length)
                    bytes.Grow(name);
            }
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose() => PictureBuffers.Return(_buffer);

    private void Grow(string name)
    {
        if (_length >= MaxLength)
            throw TooLong(name);
        byte[] larger = PictureBuffers.Rent(Math.Min(2 * _length, MaxLength));
        Span.CopyTo(larger);
        PictureBuffers.Return(_buffer);
        _buffer = larger;
    }

    private static UnreadableImageException TooLong(string name) => new(name, $"it is longer than {MaxLength >> 20} MiB");
}
