using System.Net;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace VisualSentiment.OrleansTests;

/// <summary>Result files, and images that are addresses.</summary>
public class ResultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parquet_files_have_a_column_per_field()
    {
        await using var cluster = await TaggingCluster.StartAsync(usesRealModel: true);
        cluster.AddImages(5);
        await File.WriteAllTextAsync(Path.Combine(cluster.Images, "00001.png"), "no image", Token);
        await cluster.Job("lines").StartAsync(cluster.Options);
        await cluster.CompleteAsync("lines");
        JsonElement[] lines = [.. cluster.Rows().Select(row => JsonDocument.Parse(row).RootElement)];

        await cluster.Job().StartAsync(cluster.Options with { Format = TaggingFormat.Parquet });
        await cluster.CompleteAsync();

        await using ParquetReader reader = await ParquetReader.CreateAsync(Assert.Single(cluster.ResultFiles()),
            cancellationToken: Token);
        Assert.Equal(["file", "emotion", "confidence", "score_calm", "score_hope", "score_rage", "error"],
            reader.Schema.DataFields.Select(field => field.Name));
        using ParquetRowGroupReader rows = reader.OpenRowGroupReader(0);
        Assert.Equal(lines.Select(line => line.GetProperty("file").GetString()), await ReadTextAsync("file"));
        Assert.Equal(lines.Select(line => Get(line, "emotion")?.GetString()), await ReadTextAsync("emotion"));
        Assert.Equal(lines.Select(line => Get(line, "error")?.GetString()), await ReadTextAsync("error"));
        Assert.Equal(lines.Select(line => Get(line, "confidence")?.GetSingle()), await ReadNumbersAsync("confidence"));
        Assert.Equal(lines.Select(line => Get(line, "scores")?.GetProperty("rage").GetSingle()),
            await ReadNumbersAsync("score_rage"));

        DataField Field(string name) => reader.Schema.DataFields.Single(field => field.Name == name);

        async Task<string?[]> ReadTextAsync(string name)
        {
            string?[] values = new string?[5];
            await rows.ReadAsync(Field(name), values.AsMemory()!, cancellationToken: Token);
            return values;
        }

        async Task<float?[]> ReadNumbersAsync(string name)
        {
            float?[] values = new float?[5];
            await rows.ReadAsync<float>(Field(name), values.AsMemory(), cancellationToken: Token);
            return values;
        }
    }

    [Theory]
    [InlineData(TaggingFormat.JsonLines)]
    [InlineData(TaggingFormat.Parquet)]
    public async Task Two_clusters_write_the_same_bytes_under_the_same_names(TaggingFormat format)
    {
        await using var first = await TaggingCluster.StartAsync(silos: 2, usesRealModel: true);
        await using var second = await TaggingCluster.StartAsync(usesRealModel: true);
        first.AddImages(25);
        second.AddImages(25);
        // The folder of the images is in the hash.
        TaggingJobOptions options = first.Options with { Format = format };
        await first.Job().StartAsync(options);
        await second.Job().StartAsync(options with { Output = second.Output });
        await first.CompleteAsync();
        await second.CompleteAsync();

        Assert.Equal(first.ResultFiles().Select(Path.GetFileName), second.ResultFiles().Select(Path.GetFileName));
        Assert.Equal(first.ResultFiles().Select(File.ReadAllBytes), second.ResultFiles().Select(File.ReadAllBytes));
    }

    [Fact]
    public async Task Images_are_downloaded()
    {
        using var server = new HttpListener();
        string address = $"http://127.0.0.1:{FreePort()}/";
        server.Prefixes.Add(address);
        server.Start();
        await using var cluster = await TaggingCluster.StartAsync(usesRealModel: true);
        cluster.AddImages(2);
        Task serving = ServeAsync(server, cluster.Images);
        await File.WriteAllLinesAsync(cluster.Manifest,
            [$"{address}00000.png", $"{address}missing.png", "00001.png", "http://", $"{address}text"], Token);

        await cluster.Job().StartAsync(cluster.Options);
        TaggingProgress progress = await cluster.CompleteAsync();
        server.Stop();
        await serving;

        JsonElement[] rows = [.. cluster.Rows().Select(row => JsonDocument.Parse(row).RootElement)];
        Assert.Equal(3, progress.Errors);
        Assert.NotNull(Get(rows[0], "emotion"));
        Assert.Contains("404", Get(rows[1], "error")!.Value.GetString()!, StringComparison.Ordinal);
        Assert.NotNull(Get(rows[2], "emotion"));
        Assert.Equal("it is not a valid address", Get(rows[3], "error")!.Value.GetString());
        Assert.Equal("it is not a JPEG, PNG, WebP, GIF or BMP image", Get(rows[4], "error")!.Value.GetString());
    }

    private static async Task ServeAsync(HttpListener server, string folder)
    {
        try
        {
            while (true)
            {
                HttpListenerContext request = await server.GetContextAsync();
                string name = request.Request.Url!.Segments[^1], path = Path.Combine(folder, name);
                if (File.Exists(path))
                    await request.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path, Token), Token);
                else if (name == "text")
                    await request.Response.OutputStream.WriteAsync("no image"u8.ToArray(), Token);
                else
                    request.Response.StatusCode = 404;
                request.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static JsonElement? Get(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement value) ? value : null;
}
