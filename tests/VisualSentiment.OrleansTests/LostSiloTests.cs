using System.Text.Json;
using Orleans.TestingHost;

namespace VisualSentiment.OrleansTests;

/// <summary>Silos that stop while they work.</summary>
public class LostSiloTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_silos_finish_the_shards_of_a_silo_that_stops(bool gracefully)
    {
        await using var cluster = await TaggingCluster.StartAsync(silos: 3);
        cluster.AddImages(120);
        cluster.Detector!.Before = _ => Thread.Sleep(30);
        await cluster.Job().StartAsync(cluster.Options);
        await cluster.WaitAsync(progress => progress is { CompletedShards: >= 2, RunningShards: > 2 });

        InProcessSiloHandle silo = cluster.Silos.Silos[1];
        await (gracefully ? cluster.Silos.StopSiloAsync(silo, Token) : cluster.Silos.KillSiloAsync(silo, Token));
        TaggingProgress progress = await cluster.CompleteAsync();

        Assert.Equal(0, progress.ParkedShards);
        Assert.Equal(await File.ReadAllLinesAsync(cluster.Manifest, Token), cluster.Rows().Select(FileOf));
        Assert.DoesNotContain(Directory.GetFiles(cluster.Output), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_that_joins_gets_shards()
    {
        await using var cluster = await TaggingCluster.StartAsync();
        cluster.AddImages(200);
        cluster.Detector!.Before = _ => Thread.Sleep(30);
        await cluster.Job().StartAsync(cluster.Options);
        await cluster.WaitAsync(progress => progress.RunningShards > 0);

        await cluster.Silos.StartAdditionalSiloAsync();
        TaggingProgress progress = await cluster.WaitAsync(progress => progress.RunningShards > 2);

        Assert.InRange(progress.RunningShards, 3, 4);
        await cluster.CompleteAsync();
        Assert.Equal(200, cluster.Rows().Length);
    }

    [Fact]
    public async Task Every_silo_gets_shards()
    {
        await using var cluster = await TaggingCluster.StartAsync(silos: 3);
        cluster.AddImages(120);
        cluster.Detector!.Before = _ => Thread.Sleep(30);

        await cluster.Job().StartAsync(cluster.Options);
        TaggingProgress progress = await cluster.WaitAsync(progress => progress.RunningShards >= 5);

        Assert.InRange(progress.RunningShards, 5, 6);
        await cluster.CompleteAsync();
    }

    private static string FileOf(string row) => JsonDocument.Parse(row).RootElement.GetProperty("file").GetString()!;
}
