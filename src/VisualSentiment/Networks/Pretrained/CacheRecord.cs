using System.Security.Cryptography;
using System.Text.Json;

namespace VisualSentiment.Networks.Pretrained;

/// <summary>What a downloaded file must be; kept as JSON beside it.</summary>
/// <param name="Source">The address it came from.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in lower-case hexadecimal.</param>
internal sealed record CacheRecord(string Source, long Size, string Sha256)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Where the record of <paramref name="file"/> lies.</summary>
    public static string PathFor(string file) => file + ".json";

    /// <summary>Describes a file as it is now.</summary>
    public static async Task<CacheRecord> OfAsync(FileStream file, Uri source, CancellationToken cancellationToken)
    {
        file.Position = 0;
        return new CacheRecord(source.AbsoluteUri, file.Length, await HashAsync(file, cancellationToken).ConfigureAwait(false));
    }

    public async Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        string temporary = PathFor(file) + ".tmp";
        await File.WriteAllBytesAsync(temporary, JsonSerializer.SerializeToUtf8Bytes(this, Format), cancellationToken).ConfigureAwait(false);
        File.Move(temporary, PathFor(file), overwrite: true);
    }

    /// <summary>
    /// Whether a file is the one that was downloaded. Hashing it takes about a tenth of a second for 100 MB, nothing beside
    /// the training that follows, so it is done every time. A file without a record was put there by hand and is its owner's.
    /// </summary>
    public static async Task<bool> IsIntactAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(PathFor(file)))
            return true;
        CacheRecord? record;
        try
        {
            record = JsonSerializer.Deserialize<CacheRecord>(
                await File.ReadAllBytesAsync(PathFor(file), cancellationToken).ConfigureAwait(false), Format);
        }
        catch (JsonException)
        {
            return false;
        }
        await using FileStream stream = File.OpenRead(file);
        return record is not null && record.Size == stream.Length
            && record.Sha256 == await HashAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> HashAsync(Stream stream, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
}
