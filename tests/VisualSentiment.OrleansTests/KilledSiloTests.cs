using System.Text.Json;
using SkiaSharp;
using VisualSentiment.Tests.Silos;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.OrleansTests;

/// <summary>Three silo processes that are killed while they work, with a PostgreSQL that is restarted.</summary>
public sealed class KilledSiloTests(ITestOutputHelper output) : IDisposable
{
    private const int Silos = 3, Distinct = 50;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Every_image_has_one_row_after_kills_and_a_restart_of_the_database() =>
        KillAsync(images: 1_500, shardSize: 50, kills: 2, TimeSpan.FromMinutes(3));

    [Fact(Explicit = true)]
    public Task A_hundred_thousand_images_have_one_row_each_after_ten_kills() =>
        KillAsync(images: 100_000, shardSize: 500, kills: 10, TimeSpan.FromMinutes(20));

    private async Task KillAsync(int images, int shardSize, int kills, TimeSpan patience)
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.NotInstalled);
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        string connection = await postgres.CreateDatabaseAsync();
        await using TaggingCluster alone = await TaggingCluster.StartAsync(usesRealModel: true,
            configure: (_, options) => options.BatchSize = 32);
        WriteImages(alone.Images, images);
        ImageManifest.WriteFolder(alone.Images, alone.Manifest, Token);
        TaggingJobOptions options = alone.Options with { ShardSize = shardSize, MaxAttempts = 20 };
        await alone.Job().StartAsync(options);

        var random = new Random(images);
        string results = _folder["results"];
        await using (SiloCluster cluster = await SiloCluster.StartAsync(
            SharedFolder.RepositoryRoot(), connection, alone.Model, Silos))
        {
            await cluster.Job("job").StartAsync(options with { Output = results });
            int databaseRestart = kills / 2;
            for (int i = 0; i < kills; i++)
            {
                long moment = (long)(images * (i + random.NextDouble()) / (kills + 1));
                TaggingProgress reached = await cluster.WaitAsync("job", patience, progress => progress.TaggedImages >= moment);
                int silo = random.Next(Silos);
                output.WriteLine($"{DateTime.Now:HH:mm:ss} silo {silo} killed at {reached.TaggedImages} images");
                cluster.Restart(silo);
                if (i == databaseRestart)
                    await postgres.Restart(immediate: true, outage: TimeSpan.FromSeconds(1));
            }
            TaggingProgress progress = await cluster.WaitAsync("job", patience,
                progress => progress.State == TaggingJobState.Completed);
            output.WriteLine($"{DateTime.Now:HH:mm:ss} {progress}");
            Assert.Equal((images, 0), (progress.TaggedImages, progress.ParkedShards));
            Assert.Equal((images + shardSize - 1) / shardSize, progress.Shards);
        }

        await alone.WaitAsync(progress => progress.State == TaggingJobState.Completed, patience: patience);
        string[] files = await File.ReadAllLinesAsync(Path.Combine(results, "files.txt"), Token);
        Assert.Equal(await File.ReadAllLinesAsync(alone.Manifest, Token),
            files.SelectMany(name => File.ReadLines(Path.Combine(results, name))).Select(FileOf));
        Assert.Equal(alone.ResultFiles().Select(Path.GetFileName), files);
        Assert.All(files, name => Assert.Equal(File.ReadAllBytes(Path.Combine(alone.Output, name)),
            File.ReadAllBytes(Path.Combine(results, name))));
        Assert.Equal(files.Append("files.txt").Order(),
            Directory.GetFiles(results).Select(Path.GetFileName).Order());
    }

    /// <summary>Writes images of 640 x 480 pixels, which take some time to decode. Most are copies.</summary>
    private static void WriteImages(string folder, int count)
    {
        byte[][] distinct = [.. Enumerable.Range(0, Distinct).Select(Encode)];
        for (int i = 0; i < count; i++)
        {
            string name = Path.Combine(folder, $"{i / 1000:D3}");
            if (i % 1000 == 0)
                Directory.CreateDirectory(name);
            File.WriteAllBytes(Path.Combine(name, $"{i:D6}.jpg"), distinct[i % Distinct]);
        }
    }

    private static byte[] Encode(int seed)
    {
        using SKBitmap small = SKBitmap.Decode(TestImage.Encode(seed));
        using SKBitmap large = small.Resize(new SKImageInfo(640, 480), SKFilterQuality.Medium);
        using SKData jpeg = large.Encode(SKEncodedImageFormat.Jpeg, 80);
        return jpeg.ToArray();
    }

    private static string FileOf(string row) => JsonDocument.Parse(row).RootElement.GetProperty("file").GetString()!;
}
