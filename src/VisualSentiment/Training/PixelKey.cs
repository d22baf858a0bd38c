using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SkiaSharp;
using VisualSentiment.Imaging;

namespace VisualSentiment.Training;

/// <summary>
/// What decides the pixels of a picture file, hashed: its path, length and time of modification, how it is fitted, and the
/// very builds of this library and of the decoder. Any other build decodes anew, so no version number can be forgotten.
/// </summary>
internal static class PixelKey
{
    private const int MostOnStack = 1024;

    private static readonly byte[] Builds =
        [.. typeof(PixelPreprocessor).Module.ModuleVersionId.ToByteArray(), .. typeof(SKCodec).Module.ModuleVersionId.ToByteArray()];

    /// <summary>The first half of a SHA-256; null where there is no such file.</summary>
    public static UInt128? Of(string path, ImageFit fit)
    {
        FileInfo file;
        try
        {
            file = new FileInfo(path);
            if (!file.Exists)
                return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null; // decoding says what is wrong with it
        }
        ReadOnlySpan<long> facts = [(long)fit, file.Length, file.LastWriteTimeUtc.Ticks];
        // Hashed in one piece: an incremental hash is an object with a native one behind it, for every picture.
        ReadOnlySpan<byte> factBytes = MemoryMarshal.AsBytes(facts);
        int length = Builds.Length + factBytes.Length + Encoding.UTF8.GetMaxByteCount(file.FullName.Length);
        Span<byte> bytes = length <= MostOnStack ? stackalloc byte[MostOnStack] : new byte[length];
        Builds.CopyTo(bytes);
        factBytes.CopyTo(bytes[Builds.Length..]);
        int start = Builds.Length + factBytes.Length;
        return Checksum(bytes[..(start + Encoding.UTF8.GetBytes(file.FullName, bytes[start..]))]);
    }

    /// <summary>The first half of the SHA-256 of bytes.</summary>
    public static UInt128 Checksum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
