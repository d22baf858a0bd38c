using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using VisualSentiment.Cluster.Manifests;

namespace VisualSentiment.Cluster.Ledger;

/// <summary>
/// The jobs and their shards in a database, one row each. Each method is one transaction. A change of a shard names the
/// attempt that it belongs to and has no effect after a later attempt has begun, so a silo that was believed to be dead
/// changes nothing.
/// </summary>
internal sealed class TaggingLedger(LedgerDatabase database) : IAsyncDisposable
{
    private const int RowsPerInsert = 100;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS visualsentiment_jobs (
            job TEXT NOT NULL PRIMARY KEY,
            options TEXT NOT NULL,
            model TEXT NOT NULL,
            state INTEGER NOT NULL,
            listed BIGINT NOT NULL,
            shards BIGINT NOT NULL,
            is_listed INTEGER NOT NULL
        );
        CREATE TABLE IF NOT EXISTS visualsentiment_shards (
            job TEXT NOT NULL,
            shard BIGINT NOT NULL,
            start BIGINT NOT NULL,
            length BIGINT NOT NULL,
            images INTEGER NOT NULL,
            hash TEXT NOT NULL,
            state INTEGER NOT NULL,
            attempt BIGINT NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0,
            silo TEXT,
            until BIGINT NOT NULL DEFAULT 0,
            tagged INTEGER NOT NULL DEFAULT 0,
            errors INTEGER NOT NULL DEFAULT 0,
            file TEXT,
            problem TEXT,
            PRIMARY KEY (job, shard)
        );
        CREATE INDEX IF NOT EXISTS visualsentiment_shards_state ON visualsentiment_shards (job, state, shard);
        """;

    private string Now => database.Dialect.Now;

    public async Task CreateTablesAsync(CancellationToken cancellation)
    {
        await using DbConnection connection = await database.Source.OpenConnectionAsync(cancellation);
        if (database.Dialect == SqlDialect.Sqlite)
            await Command(connection, database.Dialect.Setup!).ExecuteNonQueryAsync(cancellation);
        await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        if (database.Dialect == SqlDialect.PostgreSql)
            await Command(connection, database.Dialect.Setup!, transaction).ExecuteNonQueryAsync(cancellation);
        await Command(connection, Tables, transaction).ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<JobRow?> FindJobAsync(string job) => (await QueryAsync(
        "SELECT options, model, state, listed, shards, is_listed FROM visualsentiment_jobs WHERE job = @job",
        row => new JobRow(JsonSerializer.Deserialize<TaggingJobOptions>(row.GetString(0))!, row.GetString(1),
            (TaggingJobState)row.GetInt32(2), row.GetInt64(3), row.GetInt64(4), row.GetInt32(5) != 0),
        ("job", job))).SingleOrDefault();

    /// <summary>Adds a job that is running, unless one with this name exists.</summary>
    public Task AddJobAsync(string job, TaggingJobOptions options, string model) => ExecuteAsync(
        """
        INSERT INTO visualsentiment_jobs (job, options, model, state, listed, shards, is_listed)
        VALUES (@job, @options, @model, @state, 0, 0, 0) ON CONFLICT DO NOTHING
        """,
        ("job", job), ("options", JsonSerializer.Serialize(options)), ("model", model),
        ("state", (int)TaggingJobState.Running));

    public Task SetStateAsync(string job, TaggingJobState state) => ExecuteAsync(
        "UPDATE visualsentiment_jobs SET state = @state WHERE job = @job", ("job", job), ("state", (int)state));

    /// <summary>Adds the next shards, unless another activation of the job has added them.</summary>
    /// <param name="job">The name of the job.</param>
    /// <param name="known">The row of the job.</param>
    /// <param name="slices">The next parts of the manifest.</param>
    /// <param name="isListed">Whether these are the last ones.</param>
    public Task AddShardsAsync(string job, JobRow known, IReadOnlyList<ManifestSlice> slices, bool isListed) =>
        UseAsync(connection => AddShardsAsync(connection, job, known, slices, isListed));

    /// <summary>Returns the numbers of the next shards that wait, in the order of the manifest.</summary>
    public async Task<IReadOnlyList<long>> FindPendingAsync(string job, int count) => await QueryAsync(
        $"""
        SELECT shard FROM visualsentiment_shards
        WHERE job = @job AND state = {(int)ShardState.Pending} AND until <= {Now}
        ORDER BY shard LIMIT @count
        """,
        row => row.GetInt64(0), ("job", job), ("count", count));

    public async Task<IReadOnlyList<RunningShard>> FindRunningAsync(string job) => await QueryAsync(
        $"""
        SELECT shard, attempt, silo, CASE WHEN until < {Now} THEN 1 ELSE 0 END FROM visualsentiment_shards
        WHERE job = @job AND state = {(int)ShardState.Running} ORDER BY shard
        """,
        row => new RunningShard(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt32(3) != 0),
        ("job", job));

    /// <summary>Begins the next attempt, if the shard waits or its lease has expired.</summary>
    /// <param name="job">The name of the job.</param>
    /// <param name="shard">The number of the shard.</param>
    /// <param name="silo">The address of the silo that will work on it.</param>
    /// <param name="time">The time of the lease.</param>
    /// <returns>The lease; null if another silo works on the shard, or nothing is left to do.</returns>
    public async Task<ShardLease?> AcquireAsync(string job, long shard, string silo, TimeSpan time) => (await QueryAsync(
        $"""
        UPDATE visualsentiment_shards SET state = {(int)ShardState.Running}, attempt = attempt + 1, silo = @silo,
            until = {Now} + @time, tagged = 0, errors = 0
        WHERE job = @job AND shard = @shard AND (state = {(int)ShardState.Pending}
            OR state = {(int)ShardState.Running} AND until < {Now})
        RETURNING attempt, start, length, images, hash
        """,
        row => new ShardLease(job, shard, row.GetInt64(0),
            new ManifestSlice(row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetString(4))),
        ("job", job), ("shard", shard), ("silo", silo), ("time", (long)time.TotalMilliseconds)))
        .SingleOrDefault();

    /// <summary>Extends a lease and stores the progress.</summary>
    /// <returns>Whether the lease was still valid.</returns>
    public async Task<bool> RenewAsync(ShardLease lease, TimeSpan time, int tagged, int errors) => await ChangeAsync(
        lease, $"until = {Now} + @time, tagged = @tagged, errors = @errors",
        ("time", (long)time.TotalMilliseconds), ("tagged", tagged), ("errors", errors));

    /// <summary>Stores the name of the result file, which completes the shard. A repeated call has no effect.</summary>
    /// <returns>Whether the shard is complete by this attempt.</returns>
    public async Task<bool> CompleteAsync(ShardLease lease, string file, int errors) =>
        await ChangeAsync(lease,
            $"""
            state = {(int)ShardState.Completed}, tagged = images, errors = @errors, file = @file, silo = NULL,
                problem = NULL
            """,
            ("errors", errors), ("file", file))
        // The connection may have broken after the commit.
        || (await QueryAsync(
            $"""
            SELECT 1 FROM visualsentiment_shards WHERE job = @job AND shard = @shard AND attempt = @attempt
                AND state = {(int)ShardState.Completed}
            """,
            row => true, ("job", lease.Job), ("shard", lease.Shard), ("attempt", lease.Attempt))).Count > 0;

    /// <summary>Ends an attempt that failed. The shard waits before the next one, or is parked.</summary>
    public Task FailAsync(ShardLease lease, string problem, TimeSpan wait, int maxAttempts) =>
        FailAsync(lease.Job, lease.Shard, lease.Attempt, problem, wait, maxAttempts);

    /// <summary>Counts an attempt whose silo has stopped as a failure.</summary>
    public Task LoseAsync(string job, RunningShard lost, int maxAttempts) => FailAsync(job, lost.Shard, lost.Attempt,
        $"The silo {lost.Silo} stopped while it worked on this shard.", TimeSpan.Zero, maxAttempts);

    /// <summary>Ends an attempt that was interrupted. This is no failure.</summary>
    public Task ReleaseAsync(ShardLease lease) => ChangeAsync(lease,
        $"state = {(int)ShardState.Pending}, silo = NULL, until = 0, tagged = 0, errors = 0");

    public async Task<IReadOnlyList<(long Shard, ManifestSlice Slice, string Problem)>> FindParkedAsync(
        string job, int maximum) => await QueryAsync(
        $"""
        SELECT shard, start, length, images, hash, problem FROM visualsentiment_shards
        WHERE job = @job AND state = {(int)ShardState.Parked} ORDER BY shard LIMIT @maximum
        """,
        row => (row.GetInt64(0),
            new ManifestSlice(row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetString(4)), row.GetString(5)),
        ("job", job), ("maximum", maximum));

    public Task RetryParkedAsync(string job) => ExecuteAsync(
        $"""
        UPDATE visualsentiment_shards SET state = {(int)ShardState.Pending}, failures = 0, until = 0
        WHERE job = @job AND state = {(int)ShardState.Parked}
        """,
        ("job", job));

    /// <summary>Returns the sums over all shards. State and rate are those of the job.</summary>
    public async Task<TaggingProgress> SumAsync(string job) => (await QueryAsync(
        $"""
        SELECT COUNT(*), COALESCE(SUM(images), 0), COALESCE(SUM(tagged), 0), COALESCE(SUM(errors), 0),
            COALESCE(SUM(CASE WHEN state = {(int)ShardState.Completed} THEN 1 ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN state = {(int)ShardState.Running} THEN 1 ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN state = {(int)ShardState.Parked} THEN 1 ELSE 0 END), 0)
        FROM visualsentiment_shards WHERE job = @job
        """,
        row => new TaggingProgress
        {
            Shards = row.GetInt64(0),
            Images = row.GetInt64(1),
            TaggedImages = row.GetInt64(2),
            Errors = row.GetInt64(3),
            CompletedShards = row.GetInt64(4),
            RunningShards = row.GetInt64(5),
            ParkedShards = row.GetInt64(6),
        },
        ("job", job))).Single();

    /// <summary>Returns the names of the result files, in the order of the manifest.</summary>
    public async IAsyncEnumerable<string> FindFilesAsync(string job)
    {
        await using DbConnection connection = await database.Source.OpenConnectionAsync();
        await using DbCommand command = Command(connection,
            "SELECT file FROM visualsentiment_shards WHERE job = @job AND file IS NOT NULL ORDER BY shard",
            transaction: null, ("job", job));
        await using DbDataReader rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            yield return rows.GetString(0);
    }

    public async ValueTask DisposeAsync()
    {
        await database.Source.DisposeAsync();
        // The pool would keep the file open.
        if (database.Dialect == SqlDialect.Sqlite)
            SqliteConnection.ClearPool(new SqliteConnection(database.Source.ConnectionString));
    }

    private static async Task<bool> AddShardsAsync(
        DbConnection connection, string job, JobRow known, IReadOnlyList<ManifestSlice> slices, bool isListed)
    {
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        long listed = slices.Count == 0 ? known.Listed : slices[^1].Start + slices[^1].Length;
        int changed = await Command(connection,
            """
            UPDATE visualsentiment_jobs SET listed = @listed, shards = @shards, is_listed = @is_listed
            WHERE job = @job AND shards = @known AND is_listed = 0
            """,
            transaction, ("job", job), ("listed", listed), ("shards", known.Shards + slices.Count),
            ("is_listed", isListed ? 1 : 0), ("known", known.Shards)).ExecuteNonQueryAsync();
        if (changed == 0)
            return false;
        long shard = known.Shards;
        foreach (ManifestSlice[] rows in slices.Chunk(RowsPerInsert))
            await InsertAsync(rows);
        await transaction.CommitAsync();
        return true;

        async Task InsertAsync(ManifestSlice[] rows)
        {
            var sql = new StringBuilder(
                "INSERT INTO visualsentiment_shards (job, shard, start, length, images, hash, state) VALUES ");
            List<(string, object?)> parameters = [("job", job)];
            for (int i = 0; i < rows.Length; i++, shard++)
            {
                sql.Append(CultureInfo.InvariantCulture,
                    $"{(i == 0 ? "" : ", ")}(@job, @n{i}, @s{i}, @l{i}, @i{i}, @h{i}, {(int)ShardState.Pending})");
                parameters.AddRange([($"n{i}", shard), ($"s{i}", rows[i].Start), ($"l{i}", rows[i].Length),
                    ($"i{i}", rows[i].Images), ($"h{i}", rows[i].Hash)]);
            }
            await Command(connection, sql.ToString(), transaction, [.. parameters]).ExecuteNonQueryAsync();
        }
    }

    private Task<int> FailAsync(string job, long shard, long attempt, string problem, TimeSpan wait, int maxAttempts) =>
        ExecuteAsync(
            $"""
            UPDATE visualsentiment_shards SET failures = failures + 1, problem = @problem, silo = NULL, tagged = 0,
                errors = 0, until = {Now} + @wait, state = CASE WHEN failures + 1 >= @maximum
                    THEN {(int)ShardState.Parked} ELSE {(int)ShardState.Pending} END
            WHERE job = @job AND shard = @shard AND attempt = @attempt AND state = {(int)ShardState.Running}
            """,
            ("job", job), ("shard", shard), ("attempt", attempt), ("problem", problem),
            ("wait", (long)wait.TotalMilliseconds), ("maximum", maxAttempts));

    private async Task<bool> ChangeAsync(ShardLease lease, string changes, params (string, object?)[] parameters) =>
        await ExecuteAsync(
            $"""
            UPDATE visualsentiment_shards SET {changes}
            WHERE job = @job AND shard = @shard AND attempt = @attempt AND state = {(int)ShardState.Running}
            """,
            [("job", lease.Job), ("shard", lease.Shard), ("attempt", lease.Attempt), .. parameters]) > 0;

    private Task<int> ExecuteAsync(string sql, params (string, object?)[] parameters) => UseAsync(async connection =>
    {
        await using DbCommand command = Command(connection, sql, transaction: null, parameters);
        return await command.ExecuteNonQueryAsync();
    });

    private Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> read, params (string, object?)[] parameters) => UseAsync(async connection =>
    {
        await using DbCommand command = Command(connection, sql, transaction: null, parameters);
        await using DbDataReader rows = await command.ExecuteReaderAsync();
        List<T> found = [];
        while (await rows.ReadAsync())
            found.Add(read(rows));
        return found;
    });

    private async Task<T> UseAsync<T>(Func<DbConnection, Task<T>> use)
    {
        try
        {
            await using DbConnection connection = await database.Source.OpenConnectionAsync();
            return await use(connection);
        }
        catch (DbException e)
        {
            // Orleans cannot send exceptions of databases to clients, not even as inner ones.
            throw new IOException($"The ledger is not available: {e.Message}");
        }
    }

    private static DbCommand Command(DbConnection connection, string sql, DbTransaction? transaction = null,
        params (string Name, object? Value)[] parameters)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
