using System.Runtime.InteropServices;
using VisualSentiment.Data.Columns;

namespace VisualSentiment.Imaging;

/// <summary>
/// Decodes JPEGs by libjpeg-turbo's own library where a Linux system has it (Debian: <c>libturbojpeg0</c>). Skia carries the same decoder,
/// but without its vector instructions on x64; the pixels are the same bytes, sooner. The switch
/// <see cref="Switch"/> of <see cref="AppContext"/> turns it off.
/// </summary>
internal static unsafe class TurboJpeg
{
    public const string Switch = "VisualSentiment.TurboJpeg";

    // With the version of its interface.
    private const string FileName = "libturbojpeg.so.0";

    private const int Rgba = 7;

    // Flags: any warning is a failure, so that decoding ends at the first one; no more than 500 scans.
    private const int Flags = 8192 | 32768;
    private const int YCbCr = 1, Gray = 2;

    // Kinds of chroma that every version has always enlarged alike: 4:4:4, 4:2:2, 4:2:0 and none.
    private const int MostSubsampling = 3;

    private static readonly Functions? Library = Load();

    /// <summary>Whether the system has the library, and it may be used.</summary>
    public static bool IsPresent => Library is not null;

    /// <summary>Decodes into <c>Rgba8888</c>.</summary>
    /// <param name="jpeg">A whole JPEG.</param>
    /// <param name="pixels">Where the rows go, one after the other.</param>
    /// <param name="width">Width of the result in pixels: of the image, or of the half, quarter or eighth of it, rounded up.</param>
    /// <param name="height">Its height.</param>
    /// <returns>False where the library is missing, this is no JPEG for it, or something is wrong with the image; <paramref name="pixels"/> are undefined then.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> jpeg, Span<byte> pixels, int width, int height)
    {
        if (Library is not { } library)
            return false;
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Length, 4L * width * height, nameof(pixels));
        nint decoder = library.Create();
        if (decoder == 0)
            return false;
        try
        {
            var size = new CULong((nuint)jpeg.Length);
            int fullWidth, fullHeight, subsampling, colors;
            fixed (byte* source = jpeg, target = pixels)
                return library.ReadHeader(decoder, source, size, &fullWidth, &fullHeight, &subsampling, &colors) == 0
                    && colors is YCbCr or Gray && subsampling is >= 0 and <= MostSubsampling
                    && library.Decode(decoder, source, size, target, width, 4 * width, height, Rgba, Flags) == 0;
        }
        finally
        {
            library.Destroy(decoder);
        }
    }

    private static Functions? Load()
    {
        if (AppContext.TryGetSwitch(Switch, out bool wanted) && !wanted)
            return null;
        return OperatingSystem.IsLinux() && NativeLibrary.TryLoad(FileName, out nint library) ? Functions.Find(library) : null;
    }

    private sealed class Functions
    {
        public required delegate* unmanaged<nint> Create { get; init; }

        public required delegate* unmanaged<nint, int> Destroy { get; init; }

        public required delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int> ReadHeader { get; init; }

        public required delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int> Decode { get; init; }

        public static Functions? Find(nint library) =>
            NativeLibrary.TryGetExport(library, "tjInitDecompress", out nint create)
            && NativeLibrary.TryGetExport(library, "tjDestroy", out nint destroy)
            && NativeLibrary.TryGetExport(library, "tjDecompressHeader3", out nint readHeader)
            && NativeLibrary.TryGetExport(library, "tjDecompress2", out nint decode)
                ? new Functions
                {
                    Create = (delegate* unmanaged<nint>)create,
                    Destroy = (delegate* unmanaged<nint, int>)destroy,
                    ReadHeader = (delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int>)readHeader,
                    Decode = (delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int>)decode,
                }
                : null;
    }
}
