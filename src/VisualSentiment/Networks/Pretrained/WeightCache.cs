using System.Net.Http.Headers;

namespace VisualSentiment.Networks.Pretrained;

/// <summary>
/// The folder where downloaded weights lie: each is fetched once, by one process at a time, and appears under its name only
/// when it is complete and checked. A file that someone puts there by hand is taken as it is.
/// </summary>
internal sealed class WeightCache(string folder, Uri host, DownloadPolicy policy)
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string FolderVariable = "VISUALSENTIMENT_CACHE";

    private static readonly Uri HuggingFace = new("https://huggingface.co/");

    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>The user's cache, filled from the Hugging Face hub.</summary>
    public WeightCache() : this(DefaultFolder(), HuggingFace, DownloadPolicy.Default)
    {
    }

    /// <summary>Where the weights lie, or will.</summary>
    public string PathOf(PretrainedModel model) => Path.Combine(folder, model.Name + ".safetensors");

    /// <summary>The path of the weights, which are downloaded if they are not there or damaged.</summary>
    /// <exception cref="PretrainedWeightsException">They cannot be downloaded; the message says what to do instead.</exception>
    /// <exception cref="OperationCanceledException">A later call goes on where this one stopped.</exception>
    public async Task<string> GetAsync(
        PretrainedModel model, Action<string> log, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        string path = PathOf(model);
        var address = new Uri(host, model.Path);
        try
        {
            if (File.Exists(path) && await CacheRecord.IsIntactAsync(path, cancellationToken).ConfigureAwait(false))
                return path;

            Directory.CreateDirectory(folder);
            await using FileStream gate = await LockAsync(path + ".lock", log, cancellationToken).ConfigureAwait(false);
            if (File.Exists(path))
            {
                if (await CacheRecord.IsIntactAsync(path, cancellationToken).ConfigureAwait(false))
                    return path; // another process was faster
                log($"'{path}' is no longer what was downloaded and is fetched again.");
            }
            await DownloadAsync(model, address, path, log, progress, cancellationToken).ConfigureAwait(false);
            return path;
        }
        catch (Exception e) when (e is DownloadFailedException or IOException or UnauthorizedAccessException)
        {
            throw new PretrainedWeightsException(model.Name,
                $"""
                Cannot get the pretrained weights '{model.Name}': {e.Message.TrimEnd('.')}.
                Tried {address}; a later call goes on where this one stopped.
                Without a connection: download that file elsewhere and put it at '{path}', or pass the path of a .safetensors
                file instead of "{PretrainedWeights.ImageNet}". {FolderVariable} names another folder for such files.
                """, e);
        }
    }

    private async Task DownloadAsync(
        PretrainedModel model, Uri address, string path, Action<string> log, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        log($"Downloading the pretrained weights '{model.Name}' from {address} to '{path}'.");
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("VisualSentiment", null));

        string partial = path + ".partial";
        var download = new ResumableDownload(client, address, partial, policy, log, progress);
        CacheRecord record = await download.RunAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            new SafetensorsFile(partial).Dispose();
        }
        catch (PretrainedWeightsException e)
        {
            download.Discard();
            throw new DownloadFailedException($"what {address} sends is not a safetensors file ({e.InnerException?.Message})", e);
        }
        download.MoveTo(path);
        await record.WriteAsync(path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until no other process downloads this file. The lock file stays: removing it would race.</summary>
    private static async Task<FileStream> LockAsync(string lockFile, Action<string> log, CancellationToken cancellationToken)
    {
        for (bool told = false; ; told = true)
        {
            try
            {
                return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeldElsewhere(e))
            {
                if (!told)
                    log($"Waiting for another download to release '{lockFile}'.");
            }
            await Task.Delay(LockPoll, cancellationToken).ConfigureAwait(false);
        }
    }

    // ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and on macOS.
    private static bool IsHeldElsewhere(IOException e) => e.HResult is unchecked((int)0x80070020) or 11 or 35;

    private static string DefaultFolder()
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
}
