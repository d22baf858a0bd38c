using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.OrleansTests;

/// <summary>Silos in processes of their own with PostgreSQL, and a client.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly string _postgres, _model;
    private readonly SiloProcess[] _silos;
    private readonly (int Port, int Gateway)[] _ports;
    private IHost _client = null!;

    private SiloCluster(string postgres, string model, int count)
    {
        (_postgres, _model) = (postgres, model);
        _ports = [.. Enumerable.Range(0, count).Select(_ => (FreePort(), FreePort()))];
        _silos = [.. Enumerable.Range(0, count).Select(Create)];
    }

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public static async Task<SiloCluster> StartAsync(string postgres, string model, int silos)
    {
        string script = Path.Combine(SharedFolder.RepositoryRoot(), "samples", "ClusterTagger", "postgresql.sql");
        await using (NpgsqlDataSource database = NpgsqlDataSource.Create(postgres))
            await database.CreateCommand(await File.ReadAllTextAsync(script)).ExecuteNonQueryAsync();
        var cluster = new SiloCluster(postgres, model, silos);
        cluster._client = await cluster.ConnectAsync();
        return cluster;
    }

    public ITaggingJob Job(string name) => _client.Services.GetRequiredService<IGrainFactory>().GetGrain<ITaggingJob>(name);

    /// <summary>Kills a silo and starts it again.</summary>
    public void Restart(int silo)
    {
        _silos[silo].Dispose();
        _silos[silo] = Create(silo);
    }

    /// <summary>Starts silos again that have ended because they could not reach the database.</summary>
    public void RestartEnded()
    {
        for (int i = 0; i < _silos.Length; i++)
            if (_silos[i].HasExited)
                Restart(i);
    }

    /// <summary>Waits for a condition. Calls fail while silos are restarted.</summary>
    public async Task<TaggingProgress> WaitAsync(string job, TimeSpan patience, Func<TaggingProgress, bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        object last = "";
        while (true)
        {
            try
            {
                TaggingProgress progress = await Job(job).GetProgressAsync().WaitAsync(TimeSpan.FromSeconds(20));
                last = progress;
                if (condition(progress))
                    return progress;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                last = e;
            }
            Assert.True(Stopwatch.GetElapsedTime(start) < patience, $"Still waiting: {last}");
            RestartEnded();
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The client must not wait for silos that are gone.
        using (var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5)))
            await _client.StopAsync(soon.Token);
        _client.Dispose();
        foreach (SiloProcess silo in _silos)
            silo.Dispose();
    }

    private SiloProcess Create(int index) => new(_postgres, _model, _ports[index].Port, _ports[index].Gateway);

    private async Task<IHost> ConnectAsync()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("tagging", "tagging"))
            .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", _postgres))
            .UseConnectionRetryFilter(async (_, stop) =>
            {
                await Task.Delay(200, stop);
                return _silos.Any(silo => !silo.HasExited);
            }));
        IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
