using System.Runtime.InteropServices;

namespace VisualSentiment.Imaging;

/// <summary>
/// Decodes JPEGs with libjpeg-turbo's own library if a Linux system has it (Debian: <c>libturbojpeg0</c>). Skia
/// contains the same decoder, but on x64 without its vector instructions; the pixels are the same, only faster. The
/// <see cref="AppContext"/> switch <see cref="Switch"/> turns it off.
/// </summary>
internal static unsafe partial class TurboJpeg
{
    public const string Switch = "VisualSentiment.TurboJpeg";

    // With the version of its interface.
    private const string FileName = "libturbojpeg.so.0";

    private const int Rgba = 7;

    // Flags: stop at the first warning, and fail above 500 scans.
    private const int Flags = 8192 | 32768;
    private const int YCbCr = 1, Gray = 2;

    // 4:4:4, 4:2:2, 4:2:0 and grayscale, whose upsampling is the same in all versions.
    private const int MaxSubsampling = 3;

    /// <summary>Whether the library is installed and the switch is not off.</summary>
    public static bool IsPresent { get; } = OperatingSystem.IsLinux()
        && (!AppContext.TryGetSwitch(Switch, out bool isOn) || isOn)
        && NativeLibrary.TryLoad(FileName, out nint library)
        && NativeLibrary.TryGetExport(library, "tjDecompressHeader3", out _)
        && NativeLibrary.TryGetExport(library, "tjDecompress2", out _);

    /// <summary>Decodes to RGBA, row by row.</summary>
    /// <param name="jpeg">A whole JPEG.</param>
    /// <param name="pixels">Receives the pixels.</param>
    /// <param name="width">The width of the image, or a half, quarter or eighth of it, rounded up.</param>
    /// <param name="height">Its height at the same scale.</param>
    /// <returns>Whether the library could decode the image; if not, <paramref name="pixels"/> are undefined.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> jpeg, Span<byte> pixels, int width, int height)
    {
        if (!IsPresent)
            return false;
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Length, 4L * width * height, nameof(pixels));
        nint decoder = Create();
        if (decoder == 0)
            return false;
        try
        {
            var size = new CULong((nuint)jpeg.Length);
            fixed (byte* source = jpeg, target = pixels)
                return ReadHeader(decoder, source, size, out _, out _, out int subsampling, out int colors) == 0
                    && colors is YCbCr or Gray && subsampling is >= 0 and <= MaxSubsampling
                    && Decode(decoder, source, size, target, width, 4 * width, height, Rgba, Flags) == 0;
        }
        finally
        {
            _ = Destroy(decoder);
        }
    }

    [LibraryImport(FileName, EntryPoint = "tjInitDecompress")]
    private static partial nint Create();

    [LibraryImport(FileName, EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint decoder);

    [LibraryImport(FileName, EntryPoint = "tjDecompressHeader3")]
    private static partial int ReadHeader(
        nint decoder, byte* jpeg, CULong size, out int width, out int height, out int subsampling, out int colors);

    [LibraryImport(FileName, EntryPoint = "tjDecompress2")]
    private static partial int Decode(
        nint decoder, byte* jpeg, CULong size, byte* pixels, int width, int pitch, int height, int format, int flags);
}
