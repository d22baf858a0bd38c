using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using VisualSentiment.Tool.Commands;
using VisualSentiment.Tool.Predictions;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Tagging;

/// <summary>Tags a folder on a cluster of this process: the work of <c>tag --cluster local</c>.</summary>
internal sealed class ClusterTagging(TagSettings settings, CancellationToken cancellation)
{
    private const int NameLength = 16, MaxNamedShards = 3, MaxAttempts = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.2);

    private readonly string _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Folder)),
        _output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Output));

    private string Ledger => Path.Combine(_output, "ledger.db");

    public int Run()
    {
        if (!Directory.Exists(_folder))
            throw new InvalidCommandLineException($"The folder '{settings.Folder}' does not exist.");
        if (new ImageTree(_folder, _output).IsEmpty)
            throw new InvalidCommandLineException(
                $"'{settings.Folder}' contains no images ({ImageFiles.ExtensionList}).");
        Directory.CreateDirectory(_output);
        using var onlyProcess = new FileStream(
            Path.Combine(_output, "ledger.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            return RunAsync().GetAwaiter().GetResult();
        }
        catch (SqliteException e)
        {
            throw new IOException($"The ledger '{Ledger}' cannot be used: {e.Message} If it is damaged, delete it, and "
                + "all images are tagged again.", e);
        }
    }

    private async Task<int> RunAsync()
    {
        await using LocalSilo silo = await LocalSilo.StartAsync(settings.Model, Ledger, cancellation);
        var manifest = FolderManifest.Write(_folder, _output, cancellation);
        var options = new TaggingJobOptions
        {
            Manifest = manifest.Path,
            Root = _folder,
            Output = _output,
            ShardSize = settings.ShardSize,
            MaxAttempts = MaxAttempts,
            Format = settings.Formats.Contains(TagTable.Parquet) ? TaggingFormat.Parquet : TaggingFormat.JsonLines,
        };
        ITaggingJob job = silo.Job(NameOf(options, manifest));
        long done = await CountDoneAsync(job, manifest);
        await job.StartAsync(options);
        try
        {
            Wait(job, manifest.Images, done);
        }
        catch (OperationCanceledException)
        {
            // It may have become complete in the meantime.
            if ((await job.GetProgressAsync()).State == TaggingJobState.Running)
                await job.PauseAsync();
            throw;
        }
        return await FinishAsync(job);
    }

    /// <summary>Returns a name that differs if anything differs that the results depend on.</summary>
    private string NameOf(TaggingJobOptions options, FolderManifest manifest)
    {
        using FileStream model = File.OpenRead(settings.Model);
        string content = string.Join('\n', options, manifest.Fingerprint,
            Convert.ToHexStringLower(SHA256.HashData(model)), typeof(SentimentDetector).Assembly.GetName().Version);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..NameLength];
    }

    private async Task<long> CountDoneAsync(ITaggingJob job, FolderManifest manifest)
    {
        TaggingProgress earlier = await job.GetProgressAsync();
        if (earlier.State == TaggingJobState.NotStarted)
        {
            if (Directory.EnumerateFiles(_output, "part-*").Any())
                Screen.Line("The images, the model or the options have changed: all images are tagged again.");
            return 0;
        }
        if (earlier.ParkedShards > 0)
            await job.RetryParkedShardsAsync();
        // Only complete shards are not tagged again. A killed process may have counted images of others.
        long done = Math.Min(earlier.TaggedImages, earlier.CompletedShards * settings.ShardSize);
        if (done > 0)
            Screen.Line(Text($"Already tagged: {done:N0} of {manifest.Images:N0} images."));
        return done;
    }

    private void Wait(ITaggingJob job, long images, long done)
    {
        if (done < images)
            TagDisplay.Run(images - done, report => WaitAsync(report).GetAwaiter().GetResult());
        else
            WaitAsync((_, _) => { }).GetAwaiter().GetResult();

        async Task WaitAsync(Action<long, string> report)
        {
            while (true)
            {
                TaggingProgress progress = await job.GetProgressAsync();
                report(Math.Max(progress.TaggedImages - done, 0),
                    progress.ParkedShards == 0 ? "" : Text($", {progress.ParkedShards:N0} parked"));
                if (progress.State == TaggingJobState.Completed)
                    return;
                await Task.Delay(Interval, cancellation);
            }
        }
    }

    private async Task<int> FinishAsync(ITaggingJob job)
    {
        TaggingProgress progress = await job.GetProgressAsync();
        string list = Path.Combine(_output, "files.txt");
        if (File.ReadLines(list).FirstOrDefault(name => !File.Exists(Path.Combine(_output, name))) is { } missing)
            throw new IOException($"The result file '{Path.Combine(settings.Output, missing)}' is missing. Restore it, "
                + $"or delete '{Ledger}' and run the command again to tag all images again.");
        Screen.Line(Text($"Images: {progress.TaggedImages:N0}, errors: {progress.Errors:N0}, ")
            + Text($"result files: {progress.CompletedShards:N0}"));
        Screen.Line($"Written to {settings.Output}: the result files and their list, {Path.GetFileName(list)}");
        if (progress.Errors > 0)
            Console.Error.WriteLine(Text($"Images with an error: {progress.Errors:N0} of {progress.TaggedImages:N0}. ")
                + "The field 'error' contains the reasons.");
        if (progress.ParkedShards > 0)
        {
            Console.Error.WriteLine(Text($"Parked shards: {progress.ParkedShards:N0} of {progress.Shards:N0}. ")
                + "Run the same command again to try them again.");
            foreach (ParkedShard parked in await job.GetParkedShardsAsync(MaxNamedShards))
                Console.Error.WriteLine(
                    Text($"Shard {parked.Shard}, which begins with '{parked.FirstImage}': {parked.Problem}"));
        }
        return progress.Errors + progress.ParkedShards == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
