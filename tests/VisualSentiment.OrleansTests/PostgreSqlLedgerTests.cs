namespace VisualSentiment.OrleansTests;

/// <summary>The ledger in PostgreSQL.</summary>
public sealed class PostgreSqlLedgerTests(PostgresServer server) : LedgerTests, IClassFixture<PostgresServer>
{
    protected override async Task<TaggingOptions> CreateOptionsAsync()
    {
        var options = new TaggingOptions();
        options.UsePostgreSql(await server.CreateDatabaseAsync());
        return options;
    }
}
