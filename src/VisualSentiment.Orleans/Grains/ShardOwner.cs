using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;
using VisualSentiment.Cluster.Jobs;
using VisualSentiment.Cluster.Ledger;
using VisualSentiment.Cluster.Manifests;
using VisualSentiment.Cluster.Results;
using VisualSentiment.Cluster.Silos;

namespace VisualSentiment.Cluster.Grains;

/// <summary>
/// Holds the lease of a shard while its workers predict, writes the result file, and commits it. A reminder wakes it on
/// another silo if its own stops.
/// </summary>
internal sealed class ShardOwner(TaggingLedger ledger, TaggingModel model, ILocalSiloDetails silo,
    IOptions<TaggingOptions> options, RunningAttempts attempts, TaggingMetrics metrics, ILogger<ShardOwner> logger)
    : Grain, IShardOwner, IRemindable, IDisposable
{
    private const string ReminderName = "shard";

    // One batch per worker, and one that waits for the first worker that becomes free.
    private static readonly int MaxBatches = Environment.ProcessorCount + 1;
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1), FirstWait = TimeSpan.FromSeconds(1);

    private readonly LedgerRetry _retry = new(logger);
    private readonly TaggingOptions _options = options.Value;
    private CancellationTokenSource? _stopping;
    private Task _work = Task.CompletedTask;
    private string _job = "";
    private long _shard;
    private volatile int _tagged, _errors;

    private string Silo => silo.SiloAddress.ToParsableString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _shard = this.GetPrimaryKeyLong(out _job!);
        return Task.CompletedTask;
    }

    public async Task<StartedShard> StartAsync() => new(await TryStartAsync(), Silo);

    public async Task StopAsync()
    {
        if (_stopping is not null)
            await _stopping.CancelAsync();
        await _work;
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (await TryStartAsync() == ShardStart.Started)
            return;
        // Another silo works on the shard and has renewed the reminder, or the shard needs none.
        if (await this.GetReminder(ReminderName) is { } reminder)
            await this.UnregisterReminder(reminder);
        DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        StopAsync();

    public void Dispose() => _stopping?.Dispose();

    private async Task<ShardStart> TryStartAsync()
    {
        if (!_work.IsCompleted)
            return ShardStart.Started;
        if (await ledger.FindJobAsync(_job) is not { State: TaggingJobState.Running } job)
            return ShardStart.NotNeeded;
        if (job.Model != model.Fingerprint)
        {
            // To the silo that the next call of the job names. A new activation could be created here again.
            MigrateOnIdle();
            return ShardStart.OtherModel;
        }
        if (await ledger.AcquireAsync(_job, _shard, Silo, _options.LeaseTime) is not { } lease)
            return ShardStart.NotNeeded;
        _stopping?.Dispose();
        _stopping = new CancellationTokenSource();
        _work = RunAsync(lease, job, _stopping.Token);
        return ShardStart.Started;
    }

    // Without a reminder, the job assigns the shard again when its lease has expired.
    private async Task<IGrainReminder?> RegisterReminderAsync()
    {
        try
        {
            return await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        }
        catch (Exception e)
        {
            TaggingLog.NoReminder(logger, _job, _shard, e);
            return null;
        }
    }

    private async Task RunAsync(ShardLease lease, JobRow job, CancellationToken stopping)
    {
        // Returns to the caller before the work begins.
        await Task.Yield();
        (_tagged, _errors) = (0, 0);
        Task<IGrainReminder?> reminder = RegisterReminderAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using IGrainTimer renewal = this.RegisterGrainTimer(token => RenewAsync(lease, ended, token),
            new GrainTimerCreationOptions(_options.LeaseTime / 4, _options.LeaseTime / 4)
            {
                KeepAlive = true,
                Interleave = true,
            });
        try
        {
            string file = await TagAsync(lease, job, ended.Token);
            bool isOwn = await CompleteAsync(lease, file, stopping);
            metrics.ShardEnded(isOwn ? "completed" : "lost");
            if (isOwn)
                TaggingLog.ShardCompleted(logger, _job, _shard, lease.Slice.Images, _errors, file);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            metrics.ShardEnded("interrupted");
            await EndAsync(() => ledger.ReleaseAsync(lease));
        }
        catch (Exception e)
        {
            metrics.ShardEnded("failed");
            TaggingLog.ShardFailed(logger, _job, _shard, lease.Attempt, e);
            await EndAsync(() =>
                ledger.FailAsync(lease, e.Message, FirstWait * lease.Attempt, job.Options.MaxAttempts));
        }
        // The service of reminders may wait for a silo that has stopped, and must not delay the next attempt.
        LeaveAsync(reminder).Ignore();
    }

    /// <summary>Writes the result file.</summary>
    /// <returns>Its name.</returns>
    private async Task<string> TagAsync(ShardLease lease, JobRow job, CancellationToken cancellation)
    {
        string root = job.Options.RootFolder;
        string[] images = await new Manifest(job.Options.Manifest).ReadAsync(lease.Slice, cancellation);
        var worker = GrainFactory.GetGrain<ITaggingWorker>(0);
        await using var file = new ResultFile(lease, job, model.Detector.Classes);
        ImageRow? unavailable = null;
        int unavailableCount = 0;
        Queue<Task<ImageRow[]>> inProgress = new();
        long attempt = attempts.Add(cancellation);
        try
        {
            foreach (string[] batch in images.Chunk(_options.BatchSize))
            {
                if (inProgress.Count == MaxBatches)
                    await WriteAsync();
                cancellation.ThrowIfCancellationRequested();
                inProgress.Enqueue(worker.PredictAsync(root, new Immutable<string[]>(batch), attempt));
            }
            while (inProgress.Count > 0)
                await WriteAsync();
        }
        finally
        {
            await ((Task)Task.WhenAll(inProgress)).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            attempts.Remove(attempt);
        }
        // An error of the storage or the network must not become the result of a whole shard.
        if (unavailable is not null && unavailableCount == images.Length)
            throw new IOException($"None of the {images.Length} images could be opened. The first is "
                + $"'{unavailable.Image}': {unavailable.Error}");
        await file.CommitAsync();
        return file.Name;

        async Task WriteAsync()
        {
            foreach (ImageRow row in await inProgress.Dequeue())
            {
                file.Write(row);
                _tagged++;
                _errors += row.Error is null ? 0 : 1;
                unavailable ??= row.IsUnavailable ? row : null;
                unavailableCount += row.IsUnavailable ? 1 : 0;
            }
        }
    }

    // A file that exists is committed also if the silo stops.
    private async Task<bool> CompleteAsync(ShardLease lease, string file, CancellationToken stopping)
    {
        try
        {
            return await ledger.CompleteAsync(lease, file, _errors);
        }
        catch (IOException)
        {
            return await _retry.RunAsync(() => ledger.CompleteAsync(lease, file, _errors), stopping);
        }
    }

    private async Task RenewAsync(ShardLease lease, CancellationTokenSource ended, CancellationToken cancellation)
    {
        if (await _retry.RunAsync(() => ledger.RenewAsync(lease, _options.LeaseTime, _tagged, _errors), cancellation))
            return;
        // The shard may also have been completed in the meantime.
        if (!_work.IsCompleted)
        {
            TaggingLog.LeaseLost(logger, _job, _shard);
            await ended.CancelAsync();
        }
    }

    // If the ledger stays unavailable, the lease expires.
    private async Task EndAsync(Func<Task> end)
    {
        try
        {
            await _retry.RunAsync(end);
        }
        catch (Exception e)
        {
            TaggingLog.LedgerUnavailable(logger, 0, e);
        }
    }

    private async Task LeaveAsync(Task<IGrainReminder?> registration)
    {
        try
        {
            await GrainFactory.GetGrain<ITaggingJobEvents>(_job).ShardEndedAsync();
            if (await registration is { } reminder)
                await this.UnregisterReminder(reminder);
        }
        catch (Exception e)
        {
            // The reminder ends itself, and the job looks for ended shards regularly.
            TaggingLog.NoReminder(logger, _job, _shard, e);
        }
        // Another attempt may have begun.
        if (_work.IsCompleted)
            DeactivateOnIdle();
    }
}
