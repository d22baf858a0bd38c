using System.Buffers;
using System.Runtime.InteropServices;

namespace VisualSentiment.Imaging;

/// <summary>
/// Memory for the bytes of a file or the samples of an image. Small buffers are used again. Large ones are native
/// memory and go back to the system at once: pools would hold one for each thread until a collection of generation 2,
/// which predictions do not cause.
/// </summary>
internal sealed unsafe class ImageBuffer : IDisposable
{
    private const int MaxPooledLength = 1 << 20;

    private byte[]? _array;
    private void* _memory;

    /// <param name="length">Bytes; at least 1. What is in them is undefined.</param>
    /// <exception cref="OutOfMemoryException">There is no memory for it.</exception>
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

    /// <summary>Makes it longer. Its bytes stay.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for it; the buffer is as before.</exception>
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
