namespace VisualSentiment.OrleansTests;

/// <summary>Memory does not grow with the number of images. Other tests would change the memory of the process.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public class MemoryTests
{
    private const int Images = 20, ShardSize = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_keeps_nothing_of_a_shard_that_is_complete()
    {
        await using var cluster = await TaggingCluster.StartAsync();
        cluster.AddImages(Images);

        await TagAsync("first", 50);
        long before = await MeasureAsync();
        await TagAsync("second", 100);
        long after = await MeasureAsync();

        // A shard that stayed in memory would have 10 kB and more.
        Assert.InRange(after - before, long.MinValue, 800_000);

        async Task TagAsync(string job, int shards)
        {
            string manifest = $"{cluster.Manifest}.{job}";
            await File.WriteAllLinesAsync(manifest,
                Enumerable.Range(0, shards * ShardSize).Select(i => $"{i % Images:D5}.png"), Token);
            await cluster.Job(job).StartAsync(cluster.Options with
            {
                Manifest = manifest, Output = Path.Combine(cluster.Output, job), ShardSize = ShardSize,
            });
            await cluster.CompleteAsync(job);
        }

        static async Task<long> MeasureAsync()
        {
            // Grains are deactivated after their last call.
            await Task.Delay(3000, Token);
            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }
}
