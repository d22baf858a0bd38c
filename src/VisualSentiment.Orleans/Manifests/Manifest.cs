using System.Security.Cryptography;
using System.Text;

namespace VisualSentiment.Cluster.Manifests;

/// <summary>Reads a text file with one image per line.</summary>
internal sealed class Manifest(string path)
{
    /// <summary>The longest line in bytes, so that a file that is no manifest does not fill the memory.</summary>
    public const int MaxLineLength = 32 * 1024;

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Splits the file, from an offset on. Memory does not grow with the file.</summary>
    /// <exception cref="InvalidDataException">A line is longer than <see cref="MaxLineLength"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IEnumerable<ManifestSlice> Split(long offset, int shardSize)
    {
        using FileStream file = File.OpenRead(path);
        file.Position = offset;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 18];
        long start = offset, position = offset, lineStart = offset;
        int images = 0;
        bool isEmpty = true;
        while (file.Read(buffer) is > 0 and var read)
        {
            int hashed = 0;
            for (int i = 0; i < read; i++, position++)
            {
                if (buffer[i] != '\n')
                {
                    isEmpty &= buffer[i] == '\r';
                    if (position - lineStart >= MaxLineLength)
                        throw new InvalidDataException($"The manifest '{path}' has a line of more than {MaxLineLength} "
                            + $"bytes at byte {lineStart}. A manifest is a text file with one image per line.");
                    continue;
                }
                images += isEmpty ? 0 : 1;
                (isEmpty, lineStart) = (true, position + 1);
                if (images < shardSize)
                    continue;
                hash.AppendData(buffer, hashed, i + 1 - hashed);
                yield return Slice(position + 1);
                (start, images, hashed) = (position + 1, 0, i + 1);
            }
            hash.AppendData(buffer, hashed, read - hashed);
        }
        images += isEmpty ? 0 : 1;
        if (images > 0)
            yield return Slice(position);

        ManifestSlice Slice(long end) =>
            new(start, end - start, images, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Reads the lines of a shard.</summary>
    /// <exception cref="InvalidDataException">The file has changed since it was split, or is not UTF-8.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<string[]> ReadAsync(ManifestSlice slice, CancellationToken cancellation)
    {
        byte[] bytes = new byte[slice.Length];
        await using FileStream file = File.OpenRead(path);
        file.Position = slice.Start;
        int read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        if (read < bytes.Length || Convert.ToHexStringLower(SHA256.HashData(bytes)) != slice.Hash)
            throw new InvalidDataException($"The manifest '{path}' has changed since the job was started. "
                + "Restore it, or start a job with another name.");
        try
        {
            // The byte order mark is no part of the first path.
            return [.. StrictUtf8.GetString(bytes).TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r'))
                .Where(line => line.Length > 0)];
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"The manifest '{path}' is not UTF-8 between the bytes {slice.Start} and "
                + $"{slice.Start + slice.Length}.", e);
        }
    }
}
