using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SkiaSharp;
using VisualSentiment.Imaging;

namespace VisualSentiment.Pixels;

/// <summary>
/// A hash of everything that determines the pixels of an image file: its path, length and time of modification, its fit, and
/// the builds of this library and of the decoder. Another build decodes again, without a version number to maintain.
/// </summary>
internal static class PixelKey
{
    private static readonly byte[] Builds =
    [
        .. typeof(PixelPreprocessor).Module.ModuleVersionId.ToByteArray(),
        .. typeof(SKCodec).Module.ModuleVersionId.ToByteArray(),
    ];

    /// <summary>The first half of a SHA-256; 0 if the file does not exist.</summary>
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return 0; // decoding reports the error
        }
    }

    /// <summary>The first half of the SHA-256 of the bytes.</summary>
    public static UInt128 Checksum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
