using VisualSentiment.Common;

namespace VisualSentiment.Imaging;

/// <summary>Opens image files, and reports failures as <see cref="UnreadableImageException"/>.</summary>
internal static class ImageFile
{
    /// <summary>Reads a whole file.</summary>
    /// <exception cref="UnreadableImageException">The file is missing, not a regular file, or cannot be read.</exception>
    public static PooledBytes Read(string path, ImageLimits? limits = null)
    {
        using var stream = Open(path);
        return PooledBytes.Read(stream, path, limits);
    }

    /// <summary>Validates an image by its header, or by decoding it.</summary>
    /// <exception cref="UnreadableImageException">The image cannot be decoded.</exception>
    public static void Validate(string path, bool headerOnly)
    {
        if (headerOnly)
        {
            using var stream = Open(path);
            DecodedImage.ValidateHeader(stream, path);
            return;
        }
        using var encoded = Read(path);
        DecodedImage.Decode(encoded.Span, path, PixelFormat.Height).Dispose();
    }

    /// <exception cref="UnreadableImageException">It is missing, is not a regular file, or cannot be opened.</exception>
    public static FileStream Open(string path, FileOptions options = FileOptions.None)
    {
        try
        {
            return RegularFile.Open(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UnreadableImageException(path, e.Message, e);
        }
    }
}
