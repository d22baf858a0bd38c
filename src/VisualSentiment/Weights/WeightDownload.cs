using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace VisualSentiment.Weights;

/// <summary>
/// Downloads published weights to a folder, once. The file appears under its name only after its SHA-256 has been
/// verified. An interrupted download is resumed from its <c>.part</c> file.
/// </summary>
/// <param name="folder">The folder; it is created if it does not exist.</param>
/// <param name="log">Receives a message before each attempt.</param>
internal sealed class WeightDownload(string folder, Action<string> log)
{
    /// <summary>The environment variable with another folder than the user's cache.</summary>
    public const string FolderVariable = "VISUALSENTIMENT_CACHE";

    private const int MaxAttempts = 3;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);

    private static readonly HttpClient Client = new() { DefaultRequestHeaders = { { "User-Agent", "VisualSentiment" } } };

    /// <summary>The delay before the second attempt; the one before the third is twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time without data, received here or by another process, after which an attempt fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the path of the weights. An existing file is used without a request.</summary>
    /// <exception cref="PretrainedWeightsException">The download failed.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled; a later call resumes the download.</exception>
    public async Task<string> GetAsync(PretrainedModel model, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, model.Name + ".safetensors");
        for (int attempt = 1; !File.Exists(path); attempt++)
        {
            try
            {
                log($"Downloading {model.Url} to '{path}' (attempt {attempt} of {MaxAttempts}).");
                Directory.CreateDirectory(folder);
                await TryAsync(model, path, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsFailure(e) && !cancellationToken.IsCancellationRequested)
            {
                if (attempt == MaxAttempts || IsPermanent(e))
                    throw new PretrainedWeightsException(model.Name,
                        $"""
                        Cannot download the pretrained weights {model.Url} to '{path}': {e.Message}
                        Download the file in another way and save it as '{path}' (SHA-256 {model.Sha256}), or pass the path of a
                        .safetensors file instead of {nameof(PretrainedWeights)}.{nameof(PretrainedWeights.ImageNet)}.
                        {FolderVariable} sets another folder.
                        """, e);
                log(e.Message);
                await Task.Delay(RetryDelay * attempt, cancellationToken).ConfigureAwait(false);
            }
        }
        return path;
    }

    /// <summary>The folder from <see cref="FolderVariable"/>, or the user's cache.</summary>
    public static string DefaultFolder()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } chosen)
            return Path.GetFullPath(chosen);
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg
            : OperatingSystem.IsLinux() ? Path.Combine(Special(Environment.SpecialFolder.UserProfile), ".cache")
            : Special(Environment.SpecialFolder.LocalApplicationData);
        return Path.Combine(cache, "visualsentiment", "weights");

        static string Special(Environment.SpecialFolder folder) =>
            Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
    }

    private async Task TryAsync(PretrainedModel model, string path, CancellationToken cancellationToken)
    {
        string part = path + ".part";
        long start;
        string actual;
        if (await OpenAsync(path, part, cancellationToken).ConfigureAwait(false) is not { } file)
            return;
        await using (file)
        {
            start = await ReceiveAsync(model.Url, file, cancellationToken).ConfigureAwait(false);
            file.Position = 0;
            actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }
        if (actual == model.Sha256)
        {
            File.Move(part, path, overwrite: true);
            return;
        }
        File.Delete(part);
        string message = $"The file has the SHA-256 {actual} instead of {model.Sha256}.";
        throw start > 0 ? new IOException(message) : new InvalidDataException(message);
    }

    /// <summary>
    /// Opens the part, which is not shared. While another process downloads it, this one waits; null if that has
    /// completed the file.
    /// </summary>
    private async Task<FileStream?> OpenAsync(string path, string part, CancellationToken cancellationToken)
    {
        var sinceGrowth = Stopwatch.StartNew();
        long size = -1;
        while (!File.Exists(path))
        {
            try
            {
                return new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (new FileInfo(part) is { Exists: true, Length: var length })
            {
                if (size < 0)
                    log($"Waiting for another process that downloads '{part}'.");
                if (length != size)
                    sinceGrowth.Restart();
                else if (sinceGrowth.Elapsed > Timeout)
                    throw new TimeoutException($"{e.Message} It has not grown for {Timeout.TotalSeconds:0} seconds.", e);
                size = length;
            }
            await Task.Delay(CheckInterval, cancellationToken).ConfigureAwait(false);
        }
        return null;
    }

    /// <summary>Completes the file. Returns the position from which the server sent data.</summary>
    private async Task<long> ReceiveAsync(Uri url, FileStream file, CancellationToken cancellationToken)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stalled.CancelAfter(Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (file.Length > 0)
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        using HttpResponseMessage response = await Client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stalled.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && file.Length > 0)
            return file.Length; // no more data; the hash shows whether the file is complete
        response.EnsureSuccessStatusCode();

        if (response.Content.Headers.ContentRange?.From != file.Length)
            file.SetLength(0); // the server ignored the range and sends the whole file
        long start = file.Position = file.Length;
        await using Stream body = await response.Content.ReadAsStreamAsync(stalled.Token).ConfigureAwait(false);
        byte[] buffer = new byte[128 * 1024];
        for (int received; (received = await body.ReadAsync(buffer, stalled.Token).ConfigureAwait(false)) > 0;)
        {
            await file.WriteAsync(buffer.AsMemory(0, received), cancellationToken).ConfigureAwait(false);
            stalled.CancelAfter(Timeout);
        }
        return start;
    }

    private static bool IsFailure(Exception e) => e is HttpRequestException or IOException or InvalidDataException
        or UnauthorizedAccessException or OperationCanceledException or TimeoutException;

    private static bool IsPermanent(Exception e) => e is InvalidDataException or UnauthorizedAccessException
        or TimeoutException
        or HttpRequestException { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
            and not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests) };
}

/// <summary>Published weights to download.</summary>
/// <param name="Name">The publisher's name, also that of the downloaded file.</param>
/// <param name="Url">The address, with a commit instead of a branch, so that the file never changes.</param>
/// <param name="Sha256">The SHA-256 of the file, in lower-case hexadecimal.</param>
internal sealed record PretrainedModel(string Name, Uri Url, string Sha256)
{
    /// <summary>
    /// timm's ResNet-50, trained on ImageNet-1k by recipe A1 of "ResNet strikes back" (Wightman et al., 2021); 102 MB.
    /// </summary>
    public static PretrainedModel ResNet50A1 { get; } = new("resnet50.a1_in1k",
        new("https://huggingface.co/timm/resnet50.a1_in1k/resolve/767268603ca0cb0bfe326fa87277f19c419566ef/model.safetensors"),
        "773525d5821de224f8f30c33377b7a795d7863e08522698200d3217d3f2a41bb");
}
