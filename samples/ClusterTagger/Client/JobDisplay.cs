using System.Data.Common;
using System.Diagnostics;
using Orleans.Runtime;
using Spectre.Console;
using VisualSentiment;

namespace ClusterTagger;

/// <summary>Shows a job: a bar in a terminal, and a line per ten seconds otherwise.</summary>
internal static class JobDisplay
{
    private const int MaxParkedShards = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), LineInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shows the progress until the job does not run any more.</summary>
    /// <returns>The exit code: 0 if all shards are complete.</returns>
    public static async Task<int> FollowAsync(ITaggingJob job, CancellationToken cancellation)
    {
        TimeSpan nextLine = TimeSpan.Zero;
        var clock = Stopwatch.StartNew();
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
            await PollAsync(job, progress => WriteLine(Describe(progress)), WriteLine, cancellation);
        else
            await AnsiConsole.Progress().AutoClear(true)
                .Columns(new ProgressBarColumn(), new PercentageColumn(),
                    new TaskDescriptionColumn { Alignment = Justify.Left })
                .StartAsync(context =>
                {
                    ProgressTask bar = context.AddTask("Waiting for the cluster");
                    return PollAsync(job, Draw, problem => bar.Description = problem.EscapeMarkup(), cancellation);

                    void Draw(TaggingProgress progress)
                    {
                        bar.MaxValue = Math.Max(progress.Images, 1);
                        bar.Value = progress.TaggedImages;
                        bar.Description = Describe(progress).EscapeMarkup();
                    }
                });
        return await ShowAsync(job);

        void WriteLine(string text)
        {
            if (clock.Elapsed < nextLine)
                return;
            nextLine = clock.Elapsed + LineInterval;
            Console.WriteLine(text);
        }
    }

    /// <summary>Shows the progress and the parked shards once.</summary>
    /// <returns>The exit code: 1 if shards are parked or the job was not started.</returns>
    public static async Task<int> ShowAsync(ITaggingJob job)
    {
        TaggingProgress progress = await job.GetProgressAsync();
        if (progress.State == TaggingJobState.NotStarted)
        {
            Console.Error.WriteLine($"The job '{job.GetPrimaryKeyString()}' was not started.");
            return 1;
        }
        Console.WriteLine(Describe(progress));
        if (progress.ParkedShards == 0)
            return 0;
        foreach (ParkedShard shard in await job.GetParkedShardsAsync(MaxParkedShards))
            Console.WriteLine(
                $"Shard {shard.Shard}, {shard.Images:N0} images from '{shard.FirstImage}': {shard.Problem}");
        return 1;
    }

    /// <summary>Whether an error means that the silos or their database do not respond, perhaps for a moment.</summary>
    public static bool IsUnavailable(Exception e) =>
        e is OrleansException or TimeoutException or DbException or IOException;

    private static async Task PollAsync(ITaggingJob job, Action<TaggingProgress> show, Action<string> tell,
        CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                TaggingProgress progress = await job.GetProgressAsync();
                if (progress.State != TaggingJobState.Running)
                    return;
                show(progress);
            }
            catch (Exception e) when (IsUnavailable(e))
            {
                tell($"The cluster does not respond; trying again. {e.Message.Split('\n')[0]}");
            }
            await Task.Delay(Interval, cancellation);
        }
    }

    private static string Describe(TaggingProgress progress)
    {
        string total = progress.IsListed ? $"{progress.Images:N0}" : $"at least {progress.Images:N0}";
        string?[] parts =
        [
            $"{progress.State}: {progress.TaggedImages:N0} of {total} images",
            $"{progress.CompletedShards:N0} of {progress.Shards:N0} shards",
            progress.ImagesPerSecond > 0 ? $"{progress.ImagesPerSecond:N1} per second" : null,
            progress.TimeLeft is { } left ? $"{TimeSpan.FromSeconds((long)left.TotalSeconds)} left" : null,
            progress.Errors > 0 ? $"{progress.Errors:N0} unreadable" : null,
            progress.ParkedShards > 0 ? $"{progress.ParkedShards:N0} parked" : null,
            progress.Problem,
        ];
        return string.Join(", ", parts.OfType<string>());
    }
}
