using Polly;
using VisualSentiment.Cluster.Silos;

namespace VisualSentiment.Cluster.Results;

/// <summary>Reads and predicts images of a shard. An image that cannot be read is a row with an error.</summary>
internal sealed class ShardImages(TaggingModel model, IHttpClientFactory clients, TaggingMetrics metrics)
{
    public const string HttpClientName = "VisualSentiment.Tagging";

    // Downloads of a batch at the same time; a worker waits for the network most of the time.
    private const int MaxDownloads = 8;

    private static readonly TimeSpan DownloadTime = TimeSpan.FromMinutes(2);

    /// <summary>Predicts images in order.</summary>
    /// <param name="root">The folder at which relative paths start.</param>
    /// <param name="images">Lines of the manifest.</param>
    /// <param name="cancellation">Cancels the prediction of further images.</param>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<ImageRow[]> PredictAsync(string root, string[] images, CancellationToken cancellation)
    {
        var rows = new ImageRow[images.Length];
        List<int> downloads = [];
        for (int i = 0; i < images.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsAddress(images[i]))
                downloads.Add(i);
            else
                rows[i] = PredictFile(root, images[i]);
        }
        await Parallel.ForEachAsync(downloads,
            new ParallelOptions { MaxDegreeOfParallelism = MaxDownloads, CancellationToken = cancellation },
            async (i, token) => rows[i] = await PredictAddressAsync(images[i], token));
        metrics.Tagged(rows);
        return rows;
    }

    private static bool IsAddress(string image) => image.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || image.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private ImageRow PredictFile(string root, string image)
    {
        try
        {
            return ImageRow.Predicted(image, model.Detector.Predict(Path.Combine(root, image)));
        }
        catch (UnreadableImageException e)
        {
            return new ImageRow(image, Error: e.Reason,
                IsUnavailable: e.InnerException is IOException or UnauthorizedAccessException);
        }
    }

    private async Task<ImageRow> PredictAddressAsync(string image, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(image, UriKind.Absolute, out Uri? address))
            return new ImageRow(image, Error: "it is not a valid address");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DownloadTime);
        try
        {
            using HttpClient client = clients.CreateClient(HttpClientName);
            using HttpResponseMessage response = await client.GetAsync(
                address, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            response.EnsureSuccessStatusCode();
            await using Stream content = await response.Content.ReadAsStreamAsync(limit.Token);
            return ImageRow.Predicted(image, await model.Detector.PredictAsync(content, limit.Token));
        }
        catch (UnreadableImageException e)
        {
            return new ImageRow(image, Error: e.Reason, IsUnavailable: e.InnerException is IOException);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ImageRow(image, Error: $"it was not downloaded within {DownloadTime.TotalMinutes} minutes",
                IsUnavailable: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ExecutionRejectedException)
        {
            // A status from 400 to 499 is about this address.
            bool isPermanent = e is HttpRequestException { StatusCode: { } status } && (int)status / 100 == 4;
            return new ImageRow(image, Error: e.Message, IsUnavailable: !isPermanent);
        }
    }
}
