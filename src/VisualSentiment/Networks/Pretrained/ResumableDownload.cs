using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace VisualSentiment.Networks.Pretrained;

/// <summary>
/// Fetches one file into <c>*.partial</c>. The strong ETag is kept beside it, so that a transfer that broke off, in this
/// process or an earlier one, goes on where it stopped if the file is still the same, and starts over if not.
/// </summary>
internal sealed class ResumableDownload(
    HttpClient client, Uri address, string partial, DownloadPolicy policy, Action<string> log, IProgress<DownloadProgress>? progress)
{
    private readonly string _tagFile = partial + ".etag";
    private bool _wasConnected;

    /// <summary>Completes the partial file and checks it against what the server declared.</summary>
    /// <exception cref="DownloadFailedException">It could not be completed, or is not what was declared.</exception>
    public async Task<CacheRecord> RunAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await AttemptAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (DownloadFailedException e)
            {
                if (e.SpoilsPartial)
                    Discard();
                if (!e.IsTransient || attempt == policy.Attempts)
                    throw;
                log($"{e.Message}; attempt {attempt + 1} of {policy.Attempts} follows.");
            }
            await Task.Delay(policy.DelayAfter(attempt), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets what was received.</summary>
    public void Discard()
    {
        File.Delete(partial);
        File.Delete(_tagFile);
    }

    /// <summary>Moves the completed file to its place.</summary>
    public void MoveTo(string path)
    {
        File.Move(partial, path, overwrite: true);
        File.Delete(_tagFile);
    }

    private async Task<CacheRecord> AttemptAsync(CancellationToken cancellationToken)
    {
        EntityTagHeaderValue? tag = ReadTag();
        await using var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (tag is null)
            file.SetLength(0);
        long start = file.Length;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(policy.Patience);
        using DownloadResponse response = await AskAsync(start, tag, patience.Token, cancellationToken).ConfigureAwait(false);
        if (response.Message.StatusCode == HttpStatusCode.OK)
        {
            start = 0;
            file.SetLength(0);
            WriteTag(response.Message.Headers.ETag);
        }
        else if (!response.Continues(start))
        {
            throw Unexpected(response.Message.StatusCode);
        }

        long size = AgreedSize(response);
        file.Position = start;
        await ReceiveAsync(response, file, size, patience, cancellationToken).ConfigureAwait(false);
        await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        file.Flush(flushToDisk: true);

        CacheRecord record = await CacheRecord.OfAsync(file, address, cancellationToken).ConfigureAwait(false);
        if (response.Sha256 is { } declared && declared != record.Sha256)
            throw new DownloadFailedException($"the file has the SHA-256 {record.Sha256}, and {address.Host} declares {declared}")
            {
                IsTransient = start > 0, // the fault may lie in what an earlier transfer left
                SpoilsPartial = true,
            };
        return record;
    }

    private async Task<DownloadResponse> AskAsync(
        long start, EntityTagHeaderValue? tag, CancellationToken patience, CancellationToken cancellationToken)
    {
        try
        {
            DownloadResponse response = await DownloadResponse.GetAsync(client, address, start, tag, patience).ConfigureAwait(false);
            _wasConnected = true;
            return response;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(e);
        }
        catch (HttpRequestException e)
        {
            // A machine that was never online in this call is not made to wait for further attempts.
            bool isOffline = e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
            throw new DownloadFailedException(e.Message, e)
            {
                IsTransient = isOffline ? _wasConnected : e.HttpRequestError != HttpRequestError.InvalidResponse,
            };
        }
    }

    private async Task ReceiveAsync(
        DownloadResponse response, FileStream file, long size, CancellationTokenSource patience, CancellationToken cancellationToken)
    {
        progress?.Report(new DownloadProgress(file.Position, size));
        if (file.Position == size)
            return;

        await using Stream body = await response.Message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[128 * 1024];
        while (true)
        {
            int received;
            try
            {
                patience.CancelAfter(policy.Patience);
                received = await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw TimedOut(e);
            }
            catch (IOException e)
            {
                throw BrokenOff(file.Position, size, e);
            }

            if (received == 0 && file.Position < size)
                throw BrokenOff(file.Position, size, null);
            if (received == 0)
                return;
            if (file.Position + received > size)
                throw new DownloadFailedException($"{address} sends more than the {size} bytes it declares") { SpoilsPartial = true };
            await file.WriteAsync(buffer.AsMemory(0, received), cancellationToken).ConfigureAwait(false);
            progress?.Report(new DownloadProgress(file.Position, size));
        }
    }

    private long AgreedSize(DownloadResponse response)
    {
        if (response.DeclaredSize is { } declared && response.SentSize is { } sent && declared != sent)
            throw new DownloadFailedException($"{address} declares a file of {declared} bytes and sends one of {sent}") { SpoilsPartial = true };
        return response.DeclaredSize ?? response.SentSize
            ?? throw new DownloadFailedException($"{address} does not say how long the file is") { SpoilsPartial = true };
    }

    private DownloadFailedException Unexpected(HttpStatusCode status)
    {
        string answer = $"{address} answers {(int)status} ({status})";
        return status switch
        {
            HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable =>
                new DownloadFailedException($"{answer} to a request for the rest of the file") { IsTransient = true, SpoilsPartial = true },
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new DownloadFailedException(answer) { IsTransient = true },
            _ => new DownloadFailedException(answer),
        };
    }

    private static DownloadFailedException BrokenOff(long received, long size, Exception? cause) =>
        new($"the transfer broke off after {received} of {size} bytes", cause) { IsTransient = true };

    private DownloadFailedException TimedOut(Exception cause) => new(string.Create(
        CultureInfo.InvariantCulture, $"{address.Host} sent nothing for {policy.Patience.TotalSeconds} seconds"), cause) { IsTransient = true };

    private EntityTagHeaderValue? ReadTag() =>
        File.Exists(_tagFile) && EntityTagHeaderValue.TryParse(File.ReadAllText(_tagFile), out EntityTagHeaderValue? tag) ? tag : null;

    private void WriteTag(EntityTagHeaderValue? tag)
    {
        if (tag is { IsWeak: false })
            File.WriteAllText(_tagFile, tag.ToString());
        else
            File.Delete(_tagFile);
    }
}
