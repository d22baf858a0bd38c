using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using VisualSentiment.Cluster.Jobs;
using VisualSentiment.Cluster.Ledger;
using VisualSentiment.Cluster.Manifests;
using VisualSentiment.Cluster.Silos;

namespace VisualSentiment.Cluster.Grains;

/// <summary>
/// Assigns shards to silos, as many as each may work on. All state is in the ledger, so the grain can be activated
/// again on another silo at any time.
/// </summary>
internal sealed class TaggingJob(TaggingLedger ledger, TaggingModel model, ISiloStatusOracle silos,
    IOptions<TaggingOptions> options, TimeProvider time, ILogger<TaggingJob> logger)
    : Grain, ITaggingJob, ITaggingJobEvents, IRemindable
{
    private const string ReminderName = "job";

    /// <summary>The number of shards that are added to the ledger between two assignments.</summary>
    private const int ShardsPerStep = 200;

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1), Interval = TimeSpan.FromSeconds(1);

    private readonly Throughput _throughput = new(time);
    private readonly HashSet<string> _silosWithOtherModel = [];
    private IGrainTimer? _timer;
    private string? _problem;

    private string Name => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (await ledger.FindJobAsync(Name) is { State: TaggingJobState.Running })
            StartTimer();
    }

    public async Task StartAsync(TaggingJobOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        await ledger.AddJobAsync(Name, options, model.Fingerprint);
        JobRow job = await RequireAsync();
        if (job.Options != options)
            throw new InvalidOperationException($"The job '{Name}' exists with other options: {job.Options}. "
                + "Use another name for a new job.");
        if (job.Model != model.Fingerprint)
            throw new InvalidOperationException($"The job '{Name}' was started with another model, whose fingerprint "
                + $"is {job.Model}; that of this silo is {model.Fingerprint}. Use another name for a new job.");
        await RunAsync(job);
    }

    public async Task PauseAsync()
    {
        if (await RequireAsync() is not { State: TaggingJobState.Running or TaggingJobState.Paused })
            throw new InvalidOperationException($"The job '{Name}' is not running.");
        await StopAsync(TaggingJobState.Paused);
    }

    public async Task ResumeAsync() => await RunAsync(await RequireAsync());

    public async Task CancelAsync()
    {
        if (await RequireAsync() is not { State: TaggingJobState.Completed })
            await StopAsync(TaggingJobState.Canceled);
    }

    public async Task<TaggingProgress> GetProgressAsync()
    {
        if (await ledger.FindJobAsync(Name) is not { } job)
            return new TaggingProgress();
        TaggingProgress sums = await ledger.SumAsync(Name);
        double rate = 0;
        if (job.State == TaggingJobState.Running)
        {
            _throughput.Add(sums.TaggedImages);
            rate = _throughput.PerSecond;
        }
        return sums with
        {
            State = job.State,
            IsListed = job.IsListed,
            ImagesPerSecond = rate,
            TimeLeft = job.IsListed && rate > 0
                ? TimeSpan.FromSeconds((sums.Images - sums.TaggedImages) / rate) : null,
            Problem = _problem,
        };
    }

    public async Task<IReadOnlyList<ParkedShard>> GetParkedShardsAsync(int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximum);
        JobRow job = await RequireAsync();
        List<ParkedShard> parked = [];
        foreach (var (shard, slice, problem) in await ledger.FindParkedAsync(Name, maximum))
            parked.Add(new ParkedShard(shard, slice.Images, await FirstImageAsync(job, slice), problem));
        return parked;
    }

    public async Task RetryParkedShardsAsync()
    {
        JobRow job = await RequireAsync();
        await ledger.RetryParkedAsync(Name);
        if (job.State == TaggingJobState.Completed)
            await RunAsync(job);
    }

    public Task ShardEndedAsync() => StepAsync();

    public Task ReceiveReminder(string reminderName, TickStatus status) => StepAsync();

    private async Task RunAsync(JobRow job)
    {
        if (job.State != TaggingJobState.Running)
        {
            await ledger.SetStateAsync(Name, TaggingJobState.Running);
            TaggingLog.StateChanged(logger, Name, TaggingJobState.Running);
        }
        await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        StartTimer();
    }

    private async Task StopAsync(TaggingJobState state)
    {
        await ledger.SetStateAsync(Name, state);
        await LeaveAsync(state);
        foreach (RunningShard running in await ledger.FindRunningAsync(Name))
            await Owner(running.Shard).StopAsync();
    }

    private async Task LeaveAsync(TaggingJobState state)
    {
        TaggingLog.StateChanged(logger, Name, state);
        _timer?.Dispose();
        _timer = null;
        _throughput.Clear();
        if (await this.GetReminder(ReminderName) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    private void StartTimer() => _timer ??= this.RegisterGrainTimer(StepAsync,
        new GrainTimerCreationOptions(TimeSpan.Zero, Interval) { KeepAlive = true });

    /// <summary>Reads the next part of the manifest, and assigns shards to silos that have room.</summary>
    private async Task StepAsync()
    {
        try
        {
            if (await ledger.FindJobAsync(Name) is not { State: TaggingJobState.Running } job)
                return;
            if (!job.IsListed)
                await ListAsync(job);
            IReadOnlyList<RunningShard> running = await ledger.FindRunningAsync(Name);
            int assigned = await AssignAsync(job, running);
            if (job.IsListed && running.Count == 0 && assigned == 0 && await IsCompleteAsync())
                await CompleteAsync(job);
        }
        catch (Exception e)
        {
            _problem = e.Message;
            TaggingLog.AssignFailed(logger, Name, e);
        }
    }

    private async Task ListAsync(JobRow job)
    {
        // Reading would block a thread of the scheduler.
        ManifestSlice[] slices = await Task.Run(() => new Manifest(job.Options.Manifest)
            .Split(job.Listed, job.Options.ShardSize).Take(ShardsPerStep).ToArray());
        await ledger.AddShardsAsync(Name, job, slices, isListed: slices.Length < ShardsPerStep);
    }

    private async Task<int> AssignAsync(JobRow job, IReadOnlyList<RunningShard> running)
    {
        var active = silos.GetApproximateSiloStatuses(onlyActive: true).Keys
            .ToDictionary(address => address.ToParsableString());
        _silosWithOtherModel.IntersectWith(active.Keys);
        var free = active.Keys.Except(_silosWithOtherModel)
            .ToDictionary(silo => silo, _ => options.Value.ShardsPerSilo);
        List<long> next = [];
        foreach (RunningShard shard in running)
            if (!active.ContainsKey(shard.Silo))
            {
                TaggingLog.SiloLost(logger, Name, shard.Shard, shard.Silo);
                await ledger.LoseAsync(Name, shard, job.Options.MaxAttempts);
            }
            else if (shard.IsExpired)
                next.Add(shard.Shard);
            else if (free.TryGetValue(shard.Silo, out int count))
                free[shard.Silo] = count - 1;
        int room = free.Values.Sum(count => Math.Max(count, 0));
        if (next.Count < room)
            next.AddRange(await ledger.FindPendingAsync(Name, room - next.Count));
        int assigned = 0;
        foreach (long shard in next)
        {
            string silo = free.Count == 0 ? "" : free.MaxBy(silo => silo.Value).Key;
            if (free.GetValueOrDefault(silo) <= 0)
                break;
            StartedShard? started = await TryStartShardAsync(active[silo], shard);
            if (started is null)
                free.Remove(silo);
            else if (started.Start == ShardStart.OtherModel)
            {
                _silosWithOtherModel.Add(started.Silo);
                free.Remove(started.Silo);
            }
            else if (started.Start == ShardStart.Started)
            {
                assigned++;
                if (free.TryGetValue(started.Silo, out int count))
                    free[started.Silo] = count - 1;
            }
        }
        _problem = _silosWithOtherModel.Count < active.Count ? null
            : $"No silo has the model of the job, whose fingerprint is {job.Model}.";
        return assigned;
    }

    /// <returns>What was done; null if the silo does not respond, which must not keep others from working.</returns>
    private async Task<StartedShard?> TryStartShardAsync(SiloAddress silo, long shard)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        try
        {
            return await Owner(shard).StartAsync();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            TaggingLog.AssignFailed(logger, Name, e);
            return null;
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    private async Task<bool> IsCompleteAsync()
    {
        TaggingProgress sums = await ledger.SumAsync(Name);
        return sums.CompletedShards + sums.ParkedShards == sums.Shards;
    }

    private async Task CompleteAsync(JobRow job)
    {
        await WriteFileListAsync(job.Options.Output);
        await ledger.SetStateAsync(Name, TaggingJobState.Completed);
        await LeaveAsync(TaggingJobState.Completed);
    }

    /// <summary>Writes the names of the result files, because the folder may contain files of other jobs.</summary>
    private async Task WriteFileListAsync(string output)
    {
        Directory.CreateDirectory(output);
        string path = Path.Combine(output, "files.txt"), unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        await using (var writer = new StreamWriter(unfinished) { NewLine = "\n" })
            await foreach (string file in ledger.FindFilesAsync(Name))
                await writer.WriteLineAsync(file);
        File.Move(unfinished, path, overwrite: true);
    }

    private static async Task<string> FirstImageAsync(JobRow job, ManifestSlice slice)
    {
        try
        {
            return (await new Manifest(job.Options.Manifest).ReadAsync(slice, CancellationToken.None))[0];
        }
        // The manifest may be the reason why the shard is parked.
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private IShardOwner Owner(long shard) => GrainFactory.GetGrain<IShardOwner>(shard, Name);

    private async Task<JobRow> RequireAsync() => await ledger.FindJobAsync(Name)
        ?? throw new InvalidOperationException($"The job '{Name}' was not started.");
}
