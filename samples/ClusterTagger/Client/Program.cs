using System.CommandLine;
using ClusterTagger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using VisualSentiment;

// Starts and follows tagging jobs on a cluster of Silo processes.
// dotnet run -c Release --project samples/ClusterTagger/Client -- start JOB photos --output tags --postgres "Host=..."
var postgres = new Option<string>("--postgres")
{
    Description = "The connection string of the database of the cluster.",
    HelpName = "CONNECTION",
    Required = true,
    Recursive = true,
};
var job = new Argument<string>("JOB") { Description = "The name of the job." };
var input = new Argument<string>("INPUT")
{
    Description = "A folder of images, or a text file with one path or address per line. All silos read it.",
};
var output = new Option<string>("--output", "-o")
{
    Description = "The folder for the result files of this job, which all silos write to.",
    HelpName = "FOLDER",
    Required = true,
};
var format = new Option<TaggingFormat>("--format") { Description = "The format of the result files." };
var shardSize = new Option<int>("--shard-size")
{
    Description = "The number of images per result file.",
    HelpName = "COUNT",
    DefaultValueFactory = _ => 1000,
};
var follow = new Option<bool>("--follow") { Description = "Show the progress until the job ends or Ctrl+C." };

Command start = new("start", "Starts a job, or continues it, and shows its progress.")
{
    job, input, output, format, shardSize,
};
Run(start, async (tagging, commandLine, cancellation) =>
{
    TaggingJobOptions options = Options(commandLine, cancellation);
    await tagging.StartAsync(options);
    return await JobDisplay.FollowAsync(tagging, cancellation);
});
Command status = new("status", "Shows how far a job is, and its parked shards.") { job, follow };
Run(status, async (tagging, commandLine, cancellation) => commandLine.GetValue(follow)
    ? await JobDisplay.FollowAsync(tagging, cancellation) : await JobDisplay.ShowAsync(tagging));
RootCommand root = new("Starts and follows tagging jobs on a cluster.") { postgres, start, status };
Add("pause", "Stops work on a job until resume.", tagging => tagging.PauseAsync());
Add("resume", "Continues a job that was paused or canceled.", tagging => tagging.ResumeAsync());
Add("retry", "Tags parked shards again.", tagging => tagging.RetryParkedShardsAsync());
Add("cancel", "Ends a job. Its result files stay.", tagging => tagging.CancelAsync());
return await root.Parse(args).InvokeAsync();

void Add(string name, string description, Func<ITaggingJob, Task> call)
{
    Command command = new(name, description) { job };
    Run(command, async (tagging, _, _) =>
    {
        await call(tagging);
        return await JobDisplay.ShowAsync(tagging);
    });
    root.Add(command);
}

void Run(Command command, Func<ITaggingJob, ParseResult, CancellationToken, Task<int>> run) =>
    command.SetAction(async (commandLine, cancellation) =>
    {
        try
        {
            using IHost client = await ConnectAsync(commandLine.GetRequiredValue(postgres), cancellation);
            var grains = client.Services.GetRequiredService<IGrainFactory>();
            int exitCode = await run(
                grains.GetGrain<ITaggingJob>(commandLine.GetRequiredValue(job)), commandLine, cancellation);
            await client.StopAsync(CancellationToken.None);
            return exitCode;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("The client has ended. A job that was started continues on the silos.");
            return 130;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException
            or UnauthorizedAccessException || JobDisplay.IsUnavailable(e))
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    });

TaggingJobOptions Options(ParseResult commandLine, CancellationToken cancellation)
{
    string source = Path.GetFullPath(commandLine.GetRequiredValue(input));
    string results = Path.GetFullPath(commandLine.GetRequiredValue(output));
    string manifest = source;
    if (Directory.Exists(source))
    {
        // The silos may already read the manifest of an earlier start.
        manifest = Path.Combine(results, "manifest.txt");
        Directory.CreateDirectory(results);
        if (!File.Exists(manifest))
            Console.WriteLine($"{ImageManifest.WriteFolder(source, manifest, cancellation):N0} images found.");
    }
    return new TaggingJobOptions
    {
        Manifest = manifest,
        Root = manifest == source ? null : source,
        Output = results,
        Format = commandLine.GetValue(format),
        ShardSize = commandLine.GetValue(shardSize),
    };
}

static async Task<IHost> ConnectAsync(string connection, CancellationToken cancellation)
{
    var builder = Host.CreateApplicationBuilder();
    // The display tells when the cluster does not respond.
    builder.Logging.ClearProviders();
    DateTime end = DateTime.UtcNow.AddSeconds(30);
    builder.UseOrleansClient(client => client
        .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("tagging", "tagging"))
        .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(10))
        .UseAdoNetClustering(database => (database.Invariant, database.ConnectionString) = ("Npgsql", connection))
        .UseConnectionRetryFilter(async (_, stop) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stop);
            return DateTime.UtcNow < end;
        }));
    IHost host = builder.Build();
    await host.StartAsync(cancellation);
    return host;
}
