using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SkiaSharp;
using VisualSentiment.Imaging;

namespace VisualSentiment.Pixels;

/// <summary>
/// A hash of what decides the pixels of an image file: its path, length and time of modification, how it is fitted, and
/// the builds of this library and of the decoder. Another build decodes again; there is no version number to forget.
/// </summary>
internal static class PixelKey
{
    private static readonly byte[] Builds =
    [
        .. typeof(PixelPreprocessor).Module.ModuleVersionId.ToByteArray(),
        .. typeof(SKCodec).Module.ModuleVersionId.ToByteArray(),
    ];

    /// <summary>The first half of a SHA-256; 0 where there is no such file.</summary>
    public static UInt128 Of(string path, ImageFit fit)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return 0;
            ReadOnlySpan<long> facts = [(long)fit, file.Length, file.LastWriteTimeUtc.Ticks];
            return Checksum([.. Builds, .. MemoryMarshal.AsBytes(facts), .. Encoding.UTF8.GetBytes(file.FullName)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            return 0; // decoding reports what is wrong with it
        }
    }

    /// <summary>The first half of the SHA-256 of bytes.</summary>
    public static UInt128 Checksum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
