using System.Runtime.InteropServices;

namespace VisualSentiment.Imaging;

/// <summary>
/// Returns memory that decoders have freed to the system. After a large block is freed, glibc keeps up to 64 MB in each
/// thread's heap. With other C libraries this does nothing.
/// </summary>
internal static unsafe class NativeHeap
{
    // <malloc.h>
    private const int TrimThreshold = -1, MapThreshold = -3;

    /// <summary>Blocks of this size and more are mapped, and return to the system when they are freed.</summary>
    private const int MinMapped = 4 << 20;

    /// <summary>The bytes that may be free at the end of a heap.</summary>
    private const int MaxFree = 4 << 20;

    private static readonly Lazy<nint> TrimFunction = new(Configure);

    /// <exception cref="OutOfMemoryException">There is not enough memory.</exception>
    public static void* Allocate(long length)
    {
        _ = TrimFunction.Value;
        return NativeMemory.Alloc((nuint)length);
    }

    /// <summary>Returns the free memory within the heaps.</summary>
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
