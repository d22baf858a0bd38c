using System.Runtime.InteropServices;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Imaging;

/// <summary>
/// Gives memory that decoders have freed back to the system. After a large block was freed, glibc holds up to 64 MB in
/// each thread's heap. With another C library this does nothing.
/// </summary>
internal static unsafe class NativeHeap
{
    // <malloc.h>
    private const int TrimThreshold = -1, MapThreshold = -3;

    /// <summary>Blocks from here on are mapped by themselves, and go back when they are freed.</summary>
    private const int MinMapped = 4 << 20;

    /// <summary>So much may be free at the end of a heap.</summary>
    private const int MaxFree = 4 << 20;

    private static readonly Lazy<nint> TrimFunction = new(Configure);

    /// <exception cref="OutOfMemoryException">There is no memory for it.</exception>
    public static void* Allocate(long length)
    {
        _ = TrimFunction.Value;
        return NativeMemory.Alloc((nuint)length);
    }

    /// <summary>Gives back what is free within the heaps.</summary>
    public static void Trim()
    {
        if (TrimFunction.Value is var trim and not 0)
            _ = ((delegate* unmanaged<nuint, int>)trim)(0);
    }

    private static nint Configure()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out nint library)
            || !NativeLibrary.TryGetExport(library, "malloc_trim", out nint trim)
            || !NativeLibrary.TryGetExport(library, "mallopt", out nint option))
            return 0;
        var setOption = (delegate* unmanaged<int, int, int>)option;
        _ = setOption(MapThreshold, MinMapped);
        _ = setOption(TrimThreshold, MaxFree);
        return trim;
    }
}
