using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using VisualSentiment.Cluster.Silos;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.OrleansTests;

/// <summary>Silos in this process, with an SQLite ledger and a folder of images.</summary>
internal sealed class TaggingCluster : IAsyncDisposable
{
    // On a busy machine, silos notice late that another one has stopped.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();
    private InProcessTestCluster _cluster = null!;

    private TaggingCluster() => Directory.CreateDirectory(Images);

    public InProcessTestCluster Silos => _cluster;

    public string Images => _folder["images"];

    public string Output => _folder["results"];

    public string Manifest => _folder["manifest.txt"];

    public string Ledger => _folder["ledger.db"];

    /// <summary>The model of the first silo.</summary>
    public string Model => _folder["Silo_0.onnx"];

    /// <summary>The default is a fake detector that counts the images.</summary>
    public FakeDetector? Detector { get; private set; } = new();

    public TaggingJobOptions Options => new() { Manifest = Manifest, Root = Images, Output = Output, ShardSize = 10 };

    /// <param name="silos">The number of silos.</param>
    /// <param name="usesRealModel">Whether the silos use ONNX Runtime.</param>
    /// <param name="configure">Changes the options of a silo, which is named Silo_0, Silo_1 and so on.</param>
    public static async Task<TaggingCluster> StartAsync(int silos = 1, bool usesRealModel = false,
        Action<string, TaggingOptions>? configure = null, Func<string, byte[]>? model = null)
    {
        var tagging = new TaggingCluster();
        if (usesRealModel)
            tagging.Detector = null;
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((silo, services) => tagging.Configure(silo.SiloName, services, configure, model));
        tagging._cluster = builder.Build();
        await tagging._cluster.DeployAsync();
        return tagging;
    }

    /// <summary>Writes images and a manifest that names them.</summary>
    public void AddImages(int count)
    {
        for (int i = 0; i < count; i++)
            TestImage.Write(Path.Combine(Images, $"{i:D5}.png"), i % 20);
        ImageManifest.WriteFolder(Images, Manifest);
    }

    public ITaggingJob Job(string name = "job") => _cluster.Client.GetGrain<ITaggingJob>(name);

    public async Task<TaggingProgress> WaitAsync(
        Func<TaggingProgress, bool> condition, string name = "job", TimeSpan? patience = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            TaggingProgress progress = await Job(name).GetProgressAsync();
            if (condition(progress))
                return progress;
            Assert.True(Stopwatch.GetElapsedTime(start) < (patience ?? Patience), $"Still waiting: {progress}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public Task<TaggingProgress> CompleteAsync(string name = "job") =>
        WaitAsync(progress => progress.State == TaggingJobState.Completed, name);

    /// <summary>The result files that the job lists, in order.</summary>
    public string[] ResultFiles() =>
        [.. File.ReadLines(Path.Combine(Output, "files.txt")).Select(name => Path.Combine(Output, name))];

    /// <summary>The rows of all result files, in order.</summary>
    public string[] Rows() => [.. ResultFiles().SelectMany(File.ReadLines)];

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private void Configure(string name, ISiloBuilder silo, Action<string, TaggingOptions>? configure,
        Func<string, byte[]>? model)
    {
        string path = _folder[$"{name}.onnx"];
        File.WriteAllBytes(path, model?.Invoke(name) ?? ColorStudent.Create());
        silo.UseInMemoryReminderService();
        silo.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        silo.Configure<GrainCollectionOptions>(options => options.CollectionQuantum = TimeSpan.FromSeconds(1));
        silo.AddVisualSentimentTagging(path, options =>
        {
            options.UseSqlite(Ledger);
            options.BatchSize = 4;
            configure?.Invoke(name, options);
        });
        if (Detector is not null)
            silo.Services.AddKeyedSingleton<ISentimentDetector>(TaggingModel.Key, Detector);
    }
}
