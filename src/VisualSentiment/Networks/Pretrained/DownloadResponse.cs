using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace VisualSentiment.Networks.Pretrained;

/// <summary>
/// The answer at the end of a chain of redirects, with what the hosts on the way said about the file. The Hugging Face hub
/// gives a large file's size and SHA-256 with the redirect to its content network, which HttpClient would swallow.
/// </summary>
internal sealed class DownloadResponse : IDisposable
{
    private const int MostRedirects = 10;

    private DownloadResponse(HttpResponseMessage message, string? sha256, long? declaredSize)
    {
        Message = message;
        Sha256 = sha256;
        DeclaredSize = declaredSize;
    }

    public HttpResponseMessage Message { get; }

    /// <summary>The SHA-256 of the whole file, in lower-case hexadecimal, if a host declared it.</summary>
    public string? Sha256 { get; }

    /// <summary>The length of the whole file in bytes, if a host declared it on the way.</summary>
    public long? DeclaredSize { get; }

    /// <summary>The length of the whole file in bytes, if the last host says it with the file or a part of it.</summary>
    public long? SentSize => Message.StatusCode == HttpStatusCode.OK
        ? Message.Content.Headers.ContentLength
        : Message.Content.Headers.ContentRange?.Length;

    /// <summary>Whether the answer is the rest of the file from byte <paramref name="from"/> on, which may be nothing.</summary>
    public bool Continues(long from) => Message.StatusCode switch
    {
        HttpStatusCode.PartialContent => Message.Content.Headers.ContentRange is { Unit: "bytes" } range && range.From == from,
        HttpStatusCode.RequestedRangeNotSatisfiable => from > 0 && SentSize == from,
        _ => false,
    };

    /// <summary>Asks for a file, from byte <paramref name="from"/> on if it still bears the <paramref name="tag"/>.</summary>
    /// <exception cref="HttpRequestException">No connection, or a redirect that is not followed.</exception>
    public static async Task<DownloadResponse> GetAsync(
        HttpClient client, Uri address, long from, EntityTagHeaderValue? tag, CancellationToken cancellationToken)
    {
        string? sha256 = null;
        long? size = null;
        for (int redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (from > 0 && tag is not null)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
            }
            HttpResponseMessage response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            sha256 ??= LinkedSha256(response.Headers);
            size ??= LinkedSize(response.Headers);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
                return new DownloadResponse(response, sha256, size);

            using (response)
                address = Next(address, response.Headers.Location);
        }
        throw Refused($"more than {MostRedirects} redirects, the last to {address}");
    }

    public void Dispose() => Message.Dispose();

    private static Uri Next(Uri from, Uri? location)
    {
        if (location is null)
            throw Refused($"{from} redirects without saying where to");
        var next = new Uri(from, location);
        if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != from.Scheme)
            throw Refused($"{from} redirects to {next}, away from {from.Scheme}");
        return next;
    }

    private static HttpRequestException Refused(string reason) => new(HttpRequestError.InvalidResponse, reason);

    private static string? LinkedSha256(HttpResponseHeaders headers)
    {
        string? tag = Linked(headers, "X-Linked-ETag")?.Trim('"').ToLowerInvariant();
        return tag?.Length == 64 && tag.All(char.IsAsciiHexDigitLower) ? tag : null;
    }

    private static long? LinkedSize(HttpResponseHeaders headers) =>
        long.TryParse(Linked(headers, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : null;

    private static string? Linked(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First().Trim() : null;
}
