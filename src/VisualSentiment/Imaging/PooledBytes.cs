using System.Buffers;

namespace VisualSentiment.Imaging;

/// <summary>All bytes of a file or stream, in a borrowed buffer.</summary>
internal sealed class PooledBytes : IDisposable
{
    private const int ChunkLength = 64 * 1024;

    private readonly ImageBuffer _buffer;
    private int _length;

    private PooledBytes(int capacity) => _buffer = new ImageBuffer(capacity);

    public ReadOnlySpan<byte> Span => _buffer.Span[.._length];

    private Span<byte> Free => _buffer.Span[_length..];

    /// <summary>Reads from the stream's position to its end.</summary>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="name">The name of the image in messages.</param>
    /// <param name="limits">The limits; null for <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="UnreadableImageException">
    /// Reading fails, or there is more than <see cref="ImageLimits.MaxFileBytes"/>.
    /// </exception>
    public static PooledBytes Read(Stream stream, string name, ImageLimits? limits = null) =>
        ReadAsync(stream, name, limits, isAsync: false, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Reads from the stream's position to its end by asynchronous calls alone.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static Task<PooledBytes> ReadAsync(Stream stream, string name, ImageLimits? limits,
        CancellationToken cancellationToken) =>
        ReadAsync(stream, name, limits, isAsync: true, cancellationToken);

    public void Dispose() => _buffer.Dispose();

    /// <summary>Completes synchronously unless <paramref name="isAsync"/>.</summary>
    private static async Task<PooledBytes> ReadAsync(
        Stream stream, string name, ImageLimits? limits, bool isAsync, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= ImageLimits.Default;
        PooledBytes? bytes = null;
        // Asynchronous reads need an array, and large buffers are native memory.
        byte[] chunk = isAsync ? ArrayPool<byte>.Shared.Rent(ChunkLength) : [];
        try
        {
            long? expected = stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) : null;
            if (expected > limits.MaxFileBytes)
                throw DecodingCost.FileTooLong(name, expected, limits);
            // One byte more than expected, so that the end is found without growing the buffer.
            bytes = new PooledBytes((int)Math.Min(int.MaxValue, expected + 1 ?? ChunkLength));
            while (true)
            {
                int read;
                if (isAsync)
                {
                    Memory<byte> target = chunk.AsMemory(0, Math.Min(chunk.Length, bytes.Free.Length));
                    read = await stream.ReadAsync(target, cancellationToken).ConfigureAwait(false);
                    target.Span[..read].CopyTo(bytes.Free);
                }
                else
                {
                    read = stream.Read(bytes.Free);
                }
                if (read == 0)
                    return bytes;
                bytes.Advance(read, limits, name);
            }
        }
        catch (Exception e)
        {
            bytes?.Dispose();
            if (e is UnreadableImageException or OperationCanceledException)
                throw;
            throw new UnreadableImageException(name, e is OutOfMemoryException ? "out of memory" : e.Message, e);
        }
        finally
        {
            if (isAsync)
                ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private void Advance(int read, ImageLimits limits, string name)
    {
        _length += read;
        if (_length > limits.MaxFileBytes)
            throw DecodingCost.FileTooLong(name, bytes: null, limits);
        if (_length == _buffer.Length)
            _buffer.Grow((int)Math.Min(2L * _length, Math.Min(int.MaxValue, limits.MaxFileBytes + 1)));
    }
}
