namespace VisualSentiment.Imaging;

/// <summary>Opens picture files, and says in the one way of <see cref="UnreadableImageException"/> why that fails.</summary>
internal static class PictureFile
{
    /// <summary>The whole file.</summary>
    /// <exception cref="UnreadableImageException">It is missing or cannot be read.</exception>
    public static PooledBytes Read(string path) => Use(path, PooledBytes.Read);

    /// <summary>Checks that the file can be decoded, by its header alone or by decoding all of it.</summary>
    /// <exception cref="UnreadableImageException">It cannot.</exception>
    public static void Check(string path, bool headerOnly)
    {
        if (headerOnly)
        {
            Use(path, (stream, name) =>
            {
                DecodedPicture.CheckHeader(stream, name);
                return true;
            });
            return;
        }
        using var encoded = Read(path);
        DecodedPicture.Decode(encoded.Span, path).Dispose();
    }

    private static T Use<T>(string path, Func<Stream, string, T> read)
    {
        try
        {
            // The reader brings its own buffer.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            return read(stream, path);
        }
        catch (Exception e) when (e is IOException and not UnreadableImageException
            or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UnreadableImageException(path, e.Message, e);
        }
    }
}
