namespace VisualSentiment.Cluster.Ledger;

/// <summary>The expressions that differ between databases.</summary>
/// <param name="Now">Gets the time of the database, in milliseconds since 1970.</param>
/// <param name="Setup">Gets a statement that is run once before the tables are created; null for none.</param>
internal sealed record SqlDialect(string Now, string? Setup)
{
    /// <summary>SQLite. Readers do not wait for the writer.</summary>
    public static SqlDialect Sqlite { get; } =
        new("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "PRAGMA journal_mode = WAL");

    /// <summary>PostgreSQL. The lock keeps silos that start together from creating a table twice.</summary>
    public static SqlDialect PostgreSql { get; } = new(
        "(extract(epoch FROM clock_timestamp()) * 1000)::bigint", "SELECT pg_advisory_xact_lock(8247103321)");
}
