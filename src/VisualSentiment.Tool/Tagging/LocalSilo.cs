using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Tagging;

/// <summary>A silo in this process, which is a cluster of its own.</summary>
internal sealed class LocalSilo : IAsyncDisposable
{
    private const int MaxStarts = 5;

    // The event of shards that a killed process leaves. They are tagged again, and nobody has to do anything.
    private const string SiloLost = "SiloLost";

    // A short lease, because the progress of a shard is stored whenever its lease is renewed.
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(5);

    // No answer is lost inside a process, and the process may have to wait, for example while the computer sleeps.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromDays(1);

    // Errors of the start are exceptions, and a silo that stops reports its own messages as lost.
    private readonly ErrorLog _log;
    private readonly IHost _host;

    private LocalSilo(IHost host, ErrorLog log)
    {
        (_host, _log) = (host, log);
        log.IsOn = true;
    }

    /// <param name="model">The path of the model.</param>
    /// <param name="ledger">The path of the ledger.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="IOException">The ledger cannot be opened.</exception>
    public static async Task<LocalSilo> StartAsync(string model, string ledger, CancellationToken cancellation)
    {
        for (int start = 1; ; start++)
        {
            var log = new ErrorLog(SiloLost);
            IHost host = Build(model, ledger, log);
            try
            {
                await host.StartAsync(cancellation);
                return new LocalSilo(host, log);
            }
            catch (Exception e)
            {
                await ((IAsyncDisposable)host).DisposeAsync();
                cancellation.ThrowIfCancellationRequested();
                // Another process may have taken the port since it was found.
                if (start == MaxStarts || !IsOf(e, SocketError.AddressAlreadyInUse))
                    throw;
            }
        }
    }

    public ITaggingJob Job(string name) =>
        _host.Services.GetRequiredService<IGrainFactory>().GetGrain<ITaggingJob>(name);

    public async ValueTask DisposeAsync()
    {
        _log.IsOn = false;
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private static IHost Build(string model, string ledger, ErrorLog log)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        // Ctrl+C is handled by the command.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.None)
            .AddFilter("VisualSentiment", LogLevel.Warning).AddFilter("Orleans", LogLevel.Error);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), gatewayPort: 0, clusterId: $"{Guid.NewGuid():N}")
            .UseInMemoryReminderService()
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout)
            .AddVisualSentimentTagging(model, options =>
            {
                options.UseSqlite(ledger);
                options.LeaseTime = LeaseTime;
            }));
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsOf(Exception? exception, SocketError error) => exception switch
    {
        null => false,
        SocketException socket => socket.SocketErrorCode == error,
        AggregateException several => several.InnerExceptions.Any(inner => IsOf(inner, error)),
        _ => IsOf(exception.InnerException, error),
    };

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
