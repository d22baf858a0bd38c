using System.Text.Json;
using Orleans.TestingHost;

namespace VisualSentiment.OrleansTests;

/// <summary>Silos that stop while they work.</summary>
public class LostSiloTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_silos_finish_the_shards_of_a_silo_that_stops(bool gracefully)
    {
        using var gate = new ManualResetEventSlim();
        await using var cluster = await TaggingCluster.StartAsync(silos: 3);
        cluster.AddImages(120);
        // Six shards of ten images are in progress, so one of them is complete when it closes.
        cluster.Detector!.Before = _ =>
        {
            if (cluster.Detector.Predicted.Count >= 60)
                gate.Wait(Patience, Token);
        };
        await cluster.Job().StartAsync(cluster.Options);
        await cluster.WaitAsync(progress => progress is { CompletedShards: >= 1, RunningShards: > 2 });

        InProcessSiloHandle silo = cluster.Silos.Silos[1];
        Task stopping = gracefully ? cluster.Silos.StopSiloAsync(silo, Token) : cluster.Silos.KillSiloAsync(silo, Token);
        gate.Set();
        await stopping;
        TaggingProgress progress = await cluster.CompleteAsync();

        Assert.Equal(0, progress.ParkedShards);
        Assert.Equal(await File.ReadAllLinesAsync(cluster.Manifest, Token), cluster.Rows().Select(FileOf));
        Assert.DoesNotContain(Directory.GetFiles(cluster.Output), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_that_joins_gets_shards()
    {
        using var gate = new ManualResetEventSlim();
        await using var cluster = await TaggingCluster.StartAsync();
        cluster.AddImages(50);
        cluster.Detector!.Before = _ => gate.Wait(Patience, Token);
        await cluster.Job().StartAsync(cluster.Options);
        await cluster.WaitAsync(progress => progress.RunningShards > 0);

        await cluster.Silos.StartAdditionalSiloAsync();
        TaggingProgress progress = await cluster.WaitAsync(progress => progress.RunningShards > 2);

        Assert.InRange(progress.RunningShards, 3, 4);
        gate.Set();
        await cluster.CompleteAsync();
        Assert.Equal(50, cluster.Rows().Length);
    }

    [Fact]
    public async Task Every_silo_gets_shards()
    {
        using var gate = new ManualResetEventSlim();
        await using var cluster = await TaggingCluster.StartAsync(silos: 3);
        cluster.AddImages(120);
        cluster.Detector!.Before = _ => gate.Wait(Patience, Token);

        await cluster.Job().StartAsync(cluster.Options);
        TaggingProgress progress = await cluster.WaitAsync(progress => progress.RunningShards >= 6);

        Assert.Equal(6, progress.RunningShards);
        gate.Set();
        await cluster.CompleteAsync();
    }

    private static string FileOf(string row) => JsonDocument.Parse(row).RootElement.GetProperty("file").GetString()!;
}
