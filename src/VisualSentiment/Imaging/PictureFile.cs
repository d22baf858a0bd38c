namespace VisualSentiment.Imaging;

/// <summary>Opens picture files, and says in the one way of <see cref="UnreadableImageException"/> why that fails.</summary>
internal static class PictureFile
{
    /// <summary>The whole file.</summary>
    /// <exception cref="UnreadableImageException">It is missing or cannot be read.</exception>
    public static PooledBytes Read(string path)
    {
        try
        {
            using var stream = Open(path);
            return PooledBytes.Read(stream, path);
        }
        catch (Exception e) when (e is IOException and not UnreadableImageException)
        {
            throw new UnreadableImageException(path, e.Message, e);
        }
    }

    /// <summary>Checks that the file can be decoded, by its header alone or by decoding all of it.</summary>
    /// <exception cref="UnreadableImageException">It cannot.</exception>
    public static void Check(string path, bool headerOnly)
    {
        if (headerOnly)
        {
            using (var stream = Open(path))
            {
                if (stream.Length == 0)
                    throw new UnreadableImageException(path, "it is empty");
            }
            DecodedPicture.CheckHeader(path);
            return;
        }
        using var encoded = Read(path);
        DecodedPicture.Decode(encoded.Span, path, PixelFormat.Height).Dispose();
    }

    private static FileStream Open(string path)
    {
        try
        {
            // Whoever reads brings a buffer.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UnreadableImageException(path, e.Message, e);
        }
    }
}
