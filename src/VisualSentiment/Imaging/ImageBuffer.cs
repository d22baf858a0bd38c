using System.Buffers;
using System.Runtime.InteropServices;

namespace VisualSentiment.Imaging;

/// <summary>
/// Memory for the bytes of a file or the samples of an image. Small buffers are pooled. Large ones are native memory, which
/// is freed at once: a pool would keep one per thread until a generation-2 collection, which predictions do not cause.
/// </summary>
internal sealed unsafe class ImageBuffer : IDisposable
{
    private const int MaxPooledLength = 1 << 20;

    private byte[]? _array;
    private void* _memory;

    /// <param name="length">The number of bytes, at least 1. Their content is undefined.</param>
    /// <exception cref="OutOfMemoryException">There is no memory for them.</exception>
    public ImageBuffer(int length)
    {
        Length = length;
        if (length <= MaxPooledLength)
            _array = ArrayPool<byte>.Shared.Rent(length);
        else
            _memory = NativeHeap.Allocate(length);
    }

    public int Length { get; private set; }

    public Span<byte> Span => _array is null ? new Span<byte>(_memory, Length) : _array.AsSpan(0, Length);

    /// <summary>Makes the buffer longer and keeps its content.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for it; the buffer is unchanged.</exception>
    public void Grow(int length)
    {
        if (_array is null)
        {
            _memory = NativeMemory.Realloc(_memory, (nuint)length);
            Length = length;
            return;
        }
        var larger = new ImageBuffer(length);
        Span.CopyTo(larger.Span);
        Dispose();
        _array = larger._array;
        _memory = larger._memory;
        Length = length;
    }

    public void Dispose()
    {
        if (_array is not null)
            ArrayPool<byte>.Shared.Return(_array);
        NativeMemory.Free(_memory);
        _array = null;
        _memory = null;
        Length = 0;
    }
}
