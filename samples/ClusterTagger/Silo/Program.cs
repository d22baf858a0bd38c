using System.CommandLine;
using System.Net;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;
using VisualSentiment;

// A silo of a cluster that tags images. The tables of postgresql.sql must exist in the database.
// dotnet run -c Release --project samples/ClusterTagger/Silo -- --postgres "Host=..." --model sentiment.onnx
var postgres = new Option<string>("--postgres")
{
    Description = "The connection string of the database that all silos and clients share.",
    HelpName = "CONNECTION",
    Required = true,
};
var model = new Option<string>("--model", "-m")
{
    Description = "The .onnx file, which is the same on all silos.",
    HelpName = "FILE",
    Required = true,
};
var address = new Option<string>("--address")
{
    Description = "The IP address at which the other silos and the clients reach this silo.",
    HelpName = "ADDRESS",
    DefaultValueFactory = _ => $"{IPAddress.Loopback}",
};
address.Validators.Add(result =>
{
    if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _))
        result.AddError($"--address is {result.GetValueOrDefault<string>()}; it must be an IP address.");
});
var port = new Option<int>("--port")
{
    Description = "The port for other silos.", HelpName = "PORT", DefaultValueFactory = _ => 11111,
};
var gateway = new Option<int>("--gateway")
{
    Description = "The port for clients.", HelpName = "PORT", DefaultValueFactory = _ => 30000,
};
var dashboard = new Option<int?>("--dashboard")
{
    Description = "The port on localhost for a page about the whole cluster. Without it, the silo serves none.",
    HelpName = "PORT",
};
RootCommand root = new("Tags images as a part of a cluster, until Ctrl+C.")
{
    postgres, model, address, port, gateway, dashboard,
};
root.SetAction(async (commandLine, _) =>
{
    try
    {
        using IHost silo = Create(commandLine);
        await silo.StartAsync(CancellationToken.None);
        Console.WriteLine("The silo is active.");
        await silo.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
    catch (OperationCanceledException)
    {
        return 130;
    }
    catch (Exception e) when (e is InvalidModelException or IOException or NpgsqlException)
    {
        Console.Error.WriteLine(e.Message);
        return 1;
    }
});
// The host handles Ctrl+C and SIGTERM, and takes the time that it needs to leave the cluster.
return await root.Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = null });

IHost Create(ParseResult commandLine)
{
    string connection = commandLine.GetRequiredValue(postgres);
    int? page = commandLine.GetValue(dashboard);
    IHostApplicationBuilder builder =
        page is null ? Host.CreateApplicationBuilder() : WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders()
        .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
        .SetMinimumLevel(LogLevel.Warning).AddFilter("VisualSentiment", LogLevel.Information)
        // Orleans logs what it could not repair by trying again.
        .AddFilter("Polly", LogLevel.None);
    builder.UseOrleans(silo => silo
        .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("tagging", "tagging"))
        .Configure<ClusterMembershipOptions>(DetectFailures)
        .ConfigureEndpoints(IPAddress.Parse(commandLine.GetRequiredValue(address)), commandLine.GetValue(port),
            commandLine.GetValue(gateway))
        .UseAdoNetClustering(database => (database.Invariant, database.ConnectionString) = ("Npgsql", connection))
        .UseAdoNetReminderService(database => (database.Invariant, database.ConnectionString) = ("Npgsql", connection))
        .AddVisualSentimentTagging(Path.GetFullPath(commandLine.GetRequiredValue(model)),
            tagging => tagging.UsePostgreSql(connection))
        .AddDashboard());
    if (builder is not WebApplicationBuilder web)
        return ((HostApplicationBuilder)builder).Build();
    web.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, page!.Value));
    WebApplication application = web.Build();
    application.MapOrleansDashboard();
    return application;
}

static void DetectFailures(ClusterMembershipOptions membership)
{
    // The others notice a killed process after three probes, which fail at once, and a machine that stopped responding
    // after about half a minute. A busy silo has four times the timeout to respond.
    membership.ProbeTimeout = TimeSpan.FromSeconds(2);
    membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
    // After 30 seconds without this sign, a new silo does not wait for old ones. A restart of the database is shorter.
    membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
    membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
}
