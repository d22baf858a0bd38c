using VisualSentiment.Tests.Silos;

namespace VisualSentiment.OrleansTests;

/// <summary>The ledger in PostgreSQL.</summary>
public sealed class PostgreSqlLedgerTests(PostgreSqlLedgerTests.Server server)
    : LedgerTests, IClassFixture<PostgreSqlLedgerTests.Server>
{
    protected override async Task<TaggingOptions> CreateOptionsAsync()
    {
        var options = new TaggingOptions();
        options.UsePostgreSql(await server.CreateDatabaseAsync());
        return options;
    }

    /// <summary>One server for all tests. They are skipped if PostgreSQL is not installed.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private PostgresServer? _server;

        public async ValueTask InitializeAsync() =>
            _server = PostgresServer.IsInstalled ? await PostgresServer.StartAsync() : null;

        public async ValueTask DisposeAsync()
        {
            if (_server is not null)
                await _server.DisposeAsync();
        }

        internal Task<string> CreateDatabaseAsync()
        {
            Assert.SkipWhen(_server is null, PostgresServer.NotInstalled);
            return _server.CreateDatabaseAsync();
        }
    }
}
