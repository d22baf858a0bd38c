using System.Data.Common;

namespace VisualSentiment.Cluster.Ledger;

/// <summary>A database and its dialect.</summary>
internal sealed record LedgerDatabase(DbDataSource Source, SqlDialect Dialect);
