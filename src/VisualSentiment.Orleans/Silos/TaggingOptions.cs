using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using VisualSentiment.Cluster.Ledger;

namespace VisualSentiment;

/// <summary>Options of the silos that tag images. They should be equal on all silos of a cluster.</summary>
public sealed class TaggingOptions
{
    /// <summary>Gets or sets the number of shards that a silo works on at the same time; from 1 to 64.</summary>
    /// <value>Default: 2. While one is written and committed, the cores work on the other.</value>
    public int ShardsPerSilo { get; set; } = 2;

    /// <summary>Gets or sets the number of images per call of a worker grain; from 1 to 1024.</summary>
    /// <value>Default: 32.</value>
    public int BatchSize { get; set; } = 32;

    /// <summary>
    /// Gets or sets the time after which another silo may take over a shard whose silo neither renews its lease nor was
    /// declared dead by the cluster; from 5 seconds to 1 hour.
    /// </summary>
    /// <value>Default: 1 minute.</value>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromMinutes(1);

    internal Func<LedgerDatabase>? Database { get; private set; }

    /// <summary>Stores the ledger in an SQLite file. All silos must be on one machine.</summary>
    /// <param name="path">The path of the file, which is created if it does not exist.</param>
    public void UseSqlite(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string connection = new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(path) }.ToString();
        Database = () => new LedgerDatabase(SqliteFactory.Instance.CreateDataSource(connection), SqlDialect.Sqlite);
    }

    /// <summary>Stores the ledger in a PostgreSQL database. Its two tables are created if they do not exist.</summary>
    /// <param name="connectionString">The connection string.</param>
    public void UsePostgreSql(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        Database = () => new LedgerDatabase(NpgsqlDataSource.Create(connectionString), SqlDialect.PostgreSql);
    }
}
