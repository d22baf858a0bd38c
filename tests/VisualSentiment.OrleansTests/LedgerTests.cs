using VisualSentiment.Cluster.Ledger;
using VisualSentiment.Cluster.Manifests;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.OrleansTests;

/// <summary>The ledger in SQLite. <see cref="PostgreSqlLedgerTests"/> runs the same tests on PostgreSQL.</summary>
public class LedgerTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1), Over = TimeSpan.FromSeconds(-1);

    private readonly TemporaryFolder _folder = new();
    private TaggingLedger _ledger = null!;
    private int _ledgers;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected virtual Task<TaggingOptions> CreateOptionsAsync()
    {
        var options = new TaggingOptions();
        options.UseSqlite(_folder[$"ledger{_ledgers++}.db"]);
        return Task.FromResult(options);
    }

    public async ValueTask InitializeAsync()
    {
        _ledger = new TaggingLedger((await CreateOptionsAsync()).Database!());
        await _ledger.CreateTablesAsync(Token);
        await _ledger.CreateTablesAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_job_is_added_once_and_keeps_its_options()
    {
        var options = new TaggingJobOptions { Manifest = "/m.txt", Output = "/out", Format = TaggingFormat.Parquet };
        await _ledger.AddJobAsync("job", options, "model");
        await _ledger.AddJobAsync("job", options with { ShardSize = 3 }, "other");
        await _ledger.SetStateAsync("job", TaggingJobState.Paused);

        Assert.Equal(new JobRow(options, "model", TaggingJobState.Paused, 0, 0, false), await _ledger.FindJobAsync("job"));
        Assert.Null(await _ledger.FindJobAsync("another"));
    }

    [Fact]
    public async Task Shards_are_added_once_also_by_two_activations_of_a_job()
    {
        JobRow row = await AddJobAsync();
        ManifestSlice[] slices = Slices(250);
        await _ledger.AddShardsAsync("job", row, slices, isListed: false);
        await _ledger.AddShardsAsync("job", row, slices, isListed: false);
        JobRow known = (await _ledger.FindJobAsync("job"))!;
        await _ledger.AddShardsAsync("job", known, Slices(1, from: 250), isListed: true);
        JobRow listed = (await _ledger.FindJobAsync("job"))!;

        Assert.Equal((2500, 250, false), (known.Listed, known.Shards, known.IsListed));
        Assert.Equal((2510, 251, true), (listed.Listed, listed.Shards, listed.IsListed));
        Assert.Equal(251, (await _ledger.SumAsync("job")).Shards);
        Assert.Equal([0L, 1, 2], await _ledger.FindPendingAsync("job", 3));
    }

    [Fact]
    public async Task A_shard_has_one_lease_at_a_time()
    {
        await AddShardsAsync(2);

        ShardLease lease = (await _ledger.AcquireAsync("job", 1, "first", Long))!;

        Assert.Equal(new ShardLease("job", 1, 1, Slices(2)[1]), lease);
        Assert.Null(await _ledger.AcquireAsync("job", 1, "second", Long));
        Assert.Equal([new RunningShard(1, 1, "first", false)], await _ledger.FindRunningAsync("job"));
        Assert.Equal([0L], await _ledger.FindPendingAsync("job", 3));
        Assert.Null(await _ledger.AcquireAsync("job", 7, "first", Long));
    }

    [Fact]
    public async Task After_another_silo_took_over_the_first_one_changes_nothing()
    {
        await AddShardsAsync(1);
        ShardLease first = (await _ledger.AcquireAsync("job", 0, "first", Over))!;
        Assert.Equal([new RunningShard(0, 1, "first", true)], await _ledger.FindRunningAsync("job"));
        ShardLease second = (await _ledger.AcquireAsync("job", 0, "second", Long))!;

        Assert.Equal(2, second.Attempt);
        Assert.False(await _ledger.RenewAsync(first, Long, 5, 0));
        Assert.False(await _ledger.CompleteAsync(first, "file", 0));
        await _ledger.FailAsync(first, "problem", TimeSpan.Zero, 1);
        await _ledger.ReleaseAsync(first);
        Assert.Equal([new RunningShard(0, 2, "second", false)], await _ledger.FindRunningAsync("job"));
        Assert.True(await _ledger.CompleteAsync(second, "file", 1));
        Assert.False(await _ledger.CompleteAsync(first, "other", 0));
        Assert.Equal(["file"], await _ledger.FindFilesAsync("job").ToArrayAsync(Token));
    }

    [Fact]
    public async Task A_silo_that_is_late_keeps_its_shard_if_no_other_took_it()
    {
        await AddShardsAsync(1);
        ShardLease lease = (await _ledger.AcquireAsync("job", 0, "silo", Over))!;

        Assert.True(await _ledger.RenewAsync(lease, Long, 7, 2));
        TaggingProgress progress = await _ledger.SumAsync("job");
        Assert.Equal((7, 2, 1), (progress.TaggedImages, progress.Errors, progress.RunningShards));
        Assert.True(await _ledger.CompleteAsync(lease, "file", 3));
    }

    [Fact]
    public async Task A_repeated_commit_has_no_effect()
    {
        await AddShardsAsync(1);
        ShardLease lease = (await _ledger.AcquireAsync("job", 0, "silo", Long))!;

        Assert.True(await _ledger.CompleteAsync(lease, "file", 3));
        Assert.True(await _ledger.CompleteAsync(lease, "file", 3));
        TaggingProgress progress = await _ledger.SumAsync("job");
        Assert.Equal((10, 3, 1), (progress.TaggedImages, progress.Errors, progress.CompletedShards));
    }

    [Fact]
    public async Task A_shard_is_parked_after_its_last_attempt()
    {
        await AddShardsAsync(1);
        await _ledger.FailAsync((await _ledger.AcquireAsync("job", 0, "silo", Long))!, "first", TimeSpan.Zero, 2);
        Assert.Equal([0L], await _ledger.FindPendingAsync("job", 1));
        await _ledger.AcquireAsync("job", 0, "silo", Long);
        await _ledger.LoseAsync("job", (await _ledger.FindRunningAsync("job"))[0], 2);

        Assert.Empty(await _ledger.FindPendingAsync("job", 1));
        Assert.Equal([(0L, Slices(1)[0], "The silo silo stopped while it worked on this shard.")],
            await _ledger.FindParkedAsync("job", 5));
        await _ledger.RetryParkedAsync("job");
        Assert.Equal([0L], await _ledger.FindPendingAsync("job", 1));
    }

    [Fact]
    public async Task A_failed_shard_waits_before_its_next_attempt()
    {
        await AddShardsAsync(1);
        ShardLease lease = (await _ledger.AcquireAsync("job", 0, "silo", Long))!;
        await _ledger.FailAsync(lease, "problem", Long, 5);

        Assert.Empty(await _ledger.FindPendingAsync("job", 1));
        Assert.Equal(0, (await _ledger.SumAsync("job")).RunningShards);
    }

    [Fact]
    public async Task A_released_shard_has_not_failed()
    {
        await AddShardsAsync(1);
        for (int i = 0; i < 3; i++)
            await _ledger.ReleaseAsync((await _ledger.AcquireAsync("job", 0, "silo", Long))!);
        await _ledger.FailAsync((await _ledger.AcquireAsync("job", 0, "silo", Long))!, "problem", TimeSpan.Zero, 2);

        Assert.Equal([0L], await _ledger.FindPendingAsync("job", 1));
    }

    [Fact]
    public async Task An_error_of_the_database_can_be_sent_to_clients()
    {
        await using var ledger = new TaggingLedger((await CreateOptionsAsync()).Database!());

        var error = await Assert.ThrowsAsync<IOException>(() => ledger.RetryParkedAsync("job' OR 1"));

        Assert.StartsWith("The ledger is not available: ", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    private async Task<JobRow> AddJobAsync()
    {
        await _ledger.AddJobAsync("job", new TaggingJobOptions { Manifest = "/m.txt", Output = "/out" }, "model");
        return (await _ledger.FindJobAsync("job"))!;
    }

    private async Task AddShardsAsync(int count) =>
        await _ledger.AddShardsAsync("job", await AddJobAsync(), Slices(count), isListed: true);

    private static ManifestSlice[] Slices(int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => new ManifestSlice(10 * i, 10, 10, $"hash {i}"))];
}
