using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;

namespace VisualSentiment.Tests.Silos;

/// <summary>Silos in processes of their own with PostgreSQL, and a client.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly string _repository, _postgres, _model;
    private readonly SiloProcess[] _silos;
    private readonly (int Port, int Gateway)[] _ports;
    private IHost _client = null!;

    private SiloCluster(string repository, string postgres, string model, int count)
    {
        (_repository, _postgres, _model) = (repository, postgres, model);
        _ports = [.. Enumerable.Range(0, count).Select(_ => (FreePort(), FreePort()))];
        _silos = [.. Enumerable.Range(0, count).Select(Create)];
    }

    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <param name="repository">The folder of the repository.</param>
    /// <param name="postgres">The connection string of an empty database.</param>
    /// <param name="model">The path of the model.</param>
    /// <param name="silos">The number of silos.</param>
    public static async Task<SiloCluster> StartAsync(string repository, string postgres, string model, int silos)
    {
        string script = Path.Combine(repository, "samples", "ClusterTagger", "postgresql.sql");
        await using (NpgsqlDataSource database = NpgsqlDataSource.Create(postgres))
            await database.CreateCommand(await File.ReadAllTextAsync(script)).ExecuteNonQueryAsync();
        var cluster = new SiloCluster(repository, postgres, model, silos);
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
    /// <exception cref="TimeoutException">The condition is not true in time.</exception>
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
            catch (Exception e)
            {
                last = e;
            }
            if (Stopwatch.GetElapsedTime(start) > patience)
                throw new TimeoutException($"Still waiting: {last}");
            RestartEnded();
            await Task.Delay(200);
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

    private SiloProcess Create(int index) => new(_repository, _postgres, _model, _ports[index].Port, _ports[index].Gateway);

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
        await host.StartAsync();
        return host;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
