using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using VisualSentiment.Networks.Pretrained;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Networks.Pretrained.LoopbackServer;

namespace VisualSentiment.Tests.Networks.Pretrained;

public sealed class WeightCacheTests : IDisposable
{
    private static readonly PretrainedModel Model = new("tiny", "publisher/tiny/model.safetensors");

    private static readonly byte[] Weights = RandomWeights(seed: 1);

    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Weights));

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];

    private string Cached => _folder["tiny.safetensors"];

    private string Partial => _folder["tiny.safetensors.partial"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Weights_are_downloaded_once()
    {
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        Assert.Equal(Cached, await GetAsync(server));
        Assert.Equal(Cached, await GetAsync(server));

        Assert.Equal("/publisher/tiny/model.safetensors", Assert.Single(server.Requests).Path);
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task A_download_is_announced_before_it_starts()
    {
        string? announced = null;
        await using var server = new LoopbackServer(r =>
        {
            announced = _log.Single();
            return Reply.File(Weights, r);
        });
        await GetAsync(server);
        Assert.Equal($"Downloading the pretrained weights 'tiny' from {server.Address}publisher/tiny/model.safetensors to '{Cached}'.", announced);
    }

    [Fact]
    public async Task Only_the_file_its_record_and_the_lock_are_left()
    {
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        await GetAsync(server);
        Assert.Equal(
            ["tiny.safetensors", "tiny.safetensors.json", "tiny.safetensors.lock"],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Progress_rises_to_the_whole_size()
    {
        var reports = new Reports();
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        await GetAsync(server, reports);
        Assert.All(reports.Seen, p => Assert.Equal(Weights.Length, p.TotalBytes));
        Assert.Equal(reports.Seen.Select(p => p.BytesReceived).Order(), reports.Seen.Select(p => p.BytesReceived));
        Assert.Equal(Weights.Length, reports.Seen[^1].BytesReceived);
    }

    [Fact]
    public async Task A_transfer_that_breaks_off_goes_on_with_the_missing_part_alone()
    {
        await using var server = new LoopbackServer(r => Reply.File(Weights, r, breaksOffAfter: 20_000));
        await GetAsync(server);

        Assert.Equal([null, 20_000, 40_000], server.Requests.Select(r => r.From));
        Assert.Equal("\"v1\"", server.Requests[1].Headers["If-Range"]);
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_asked_again()
    {
        await using var server = new LoopbackServer(r => r.From is null
            ? new Reply(200, Weights, ("ETag", "\"v1\"")) { Sent = 5_000, ThenHangs = true }
            : Reply.File(Weights, r));
        await GetAsync(server, policy: new DownloadPolicy(5, TimeSpan.Zero, Patience: TimeSpan.FromMilliseconds(300)));
        Assert.Equal(5_000, server.Requests[^1].From);
        Assert.Contains(_log, l => l.Contains("127.0.0.1 sent nothing for 0.3 seconds", StringComparison.Ordinal));
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task Cancelling_leaves_the_received_part_and_a_later_call_goes_on_from_there()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new LoopbackServer(r => r.From is null
            ? new Reply(200, Weights, ("ETag", "\"v1\"")) { Sent = 30_000, ThenHangs = true }
            : Reply.File(Weights, r));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Cache(server.Address).GetAsync(Model, _log.Add,
            new Reports(p => { if (p.BytesReceived == 30_000) cancel.Cancel(); }), cancel.Token));

        Assert.False(File.Exists(Cached));
        Assert.Equal(Weights[..30_000], await File.ReadAllBytesAsync(Partial, TestContext.Current.CancellationToken));

        await GetAsync(server);
        Assert.Equal(30_000, server.Requests[^1].From);
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task A_part_that_is_already_whole_is_only_confirmed()
    {
        LeavePartial(Weights, "\"v1\"");
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        await GetAsync(server);
        Assert.Equal(Weights.Length, Assert.Single(server.Requests).From);
        Assert.Equal(Weights, ReadCached());
    }

    [Theory]
    [InlineData("\"v0\"")]
    [InlineData(null)]
    [InlineData("no tag")]
    public async Task A_part_of_another_or_unknown_version_is_started_over(string? tag)
    {
        LeavePartial(RandomWeights(seed: 2)[..10_000], tag);
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        await GetAsync(server);
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_read_from_the_start()
    {
        int requests = 0;
        await using var server = new LoopbackServer(_ => new Reply(200, Weights, ("ETag", "\"v1\"")) { Sent = requests++ == 0 ? 9_000 : Weights.Length });
        await GetAsync(server);
        Assert.Equal([null, 9_000], server.Requests.Select(r => r.From));
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task A_server_without_a_strong_tag_is_read_from_the_start()
    {
        int requests = 0;
        await using var server = new LoopbackServer(_ => new Reply(200, Weights, ("ETag", "W/\"v1\"")) { Sent = requests++ == 0 ? 9_000 : Weights.Length });
        await GetAsync(server);
        Assert.Equal([null, null], server.Requests.Select(r => r.From));
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task A_server_that_sends_another_part_than_asked_for_is_read_from_the_start()
    {
        LeavePartial(Weights[..10_000], "\"v1\"");
        await using var server = new LoopbackServer(r => r.From is null
            ? Reply.File(Weights, r)
            : new Reply(206, Weights[5_000..], ("Content-Range", $"bytes 5000-{Weights.Length - 1}/{Weights.Length}")));
        await GetAsync(server);
        Assert.Equal([10_000, null], server.Requests.Select(r => r.From));
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task Redirects_are_followed_also_relative_ones_and_the_hash_on_the_way_is_checked()
    {
        await using var server = new LoopbackServer(r => r.Path switch
        {
            "/publisher/tiny/model.safetensors" => Reply.Redirect("../renamed", ("X-Linked-ETag", $"\"{Sha256}\""), ("X-Linked-Size", $"{Weights.Length}")),
            "/publisher/renamed" => Reply.Redirect("/content?token=1"),
            "/content?token=1" => Reply.File(Weights, r),
            _ => new Reply(404, []),
        });
        await GetAsync(server);
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task A_redirect_loop_is_refused()
    {
        await using var server = new LoopbackServer(_ => Reply.Redirect("/again"));
        Assert.Contains("more than 10 redirects", await FailureAsync(server), StringComparison.Ordinal);
        Assert.Equal(11, server.Requests.Count);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/file", "away from http")]
    [InlineData(null, "without saying where to")]
    public async Task A_redirect_to_nowhere_is_refused(string? location, string reason)
    {
        await using var server = new LoopbackServer(_ => location is null ? new Reply(302, []) : Reply.Redirect(location));
        Assert.Contains(reason, await FailureAsync(server), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_body_shorter_than_its_length_says_is_given_up_after_all_attempts()
    {
        await using var server = new LoopbackServer(_ => new Reply(200, Weights[..^1]) { ClaimedLength = Weights.Length });
        Assert.Contains($"the transfer broke off after {Weights.Length - 1} of {Weights.Length} bytes", await FailureAsync(server), StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_body_longer_than_its_length_says_is_refused()
    {
        await using var server = new LoopbackServer(_ => new Reply(200, Weights) { ClaimedLength = Weights.Length - 1 });
        Assert.Contains("not a safetensors file (it ends too early", await FailureAsync(server), StringComparison.Ordinal);
        Assert.False(File.Exists(Partial));
    }

    [Fact]
    public async Task A_length_other_than_the_declared_one_is_refused_with_both()
    {
        await using var server = new LoopbackServer(_ => new Reply(200, Weights, ("X-Linked-Size", "77")));
        Assert.Contains($"declares a file of 77 bytes and sends one of {Weights.Length}", await FailureAsync(server), StringComparison.Ordinal);
        Assert.False(File.Exists(Partial));
    }

    [Fact]
    public async Task An_endless_body_is_not_read_beyond_the_declared_size()
    {
        await using var server = new LoopbackServer(_ => new Reply(200, Weights, ("X-Linked-Size", "20000")) { ClaimedLength = null });
        Assert.Contains("sends more than the 20000 bytes it declares", await FailureAsync(server), StringComparison.Ordinal);
        Assert.False(File.Exists(Partial));
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_refused()
    {
        await using var server = new LoopbackServer(_ => new Reply(200, Weights) { ClaimedLength = null });
        Assert.Contains("does not say how long the file is", await FailureAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_another_hash_than_declared_is_thrown_away()
    {
        string other = new('a', 64);
        await using var server = new LoopbackServer(_ => new Reply(200, Weights, ("X-Linked-ETag", $"\"{other}\"")));
        string message = await FailureAsync(server);
        Assert.Contains($"has the SHA-256 {Sha256}, and 127.0.0.1 declares {other}", message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Equal(["tiny.safetensors.lock"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_part_that_was_damaged_is_found_by_its_hash_and_fetched_again()
    {
        byte[] damaged = Weights[..10_000];
        damaged[9_999] ^= 1;
        LeavePartial(damaged, "\"v1\"");
        await using var server = new LoopbackServer(r => r.Path == "/content"
            ? Reply.File(Weights, r)
            : Reply.Redirect("/content", ("X-Linked-ETag", $"\"{Sha256}\"")));
        await GetAsync(server);
        Assert.Equal([10_000, null], server.Requests.Where(r => r.Path == "/content").Select(r => r.From));
        Assert.Equal(Weights, ReadCached());
    }

    [Fact]
    public async Task A_page_instead_of_weights_is_refused()
    {
        await using var server = new LoopbackServer(_ => new Reply(200, "<html>Please sign in</html>"u8.ToArray()));
        Assert.Contains("is not a safetensors file", await FailureAsync(server), StringComparison.Ordinal);
        Assert.False(File.Exists(Cached));
    }

    [Fact]
    public async Task A_missing_file_is_not_asked_for_twice()
    {
        await using var server = new LoopbackServer(_ => new Reply(404, []));
        Assert.Contains("answers 404 (NotFound)", await FailureAsync(server), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_in_trouble_is_asked_again_and_then_given_up()
    {
        int requests = 0;
        await using var recovering = new LoopbackServer(r => requests++ < 2 ? new Reply(503, []) : Reply.File(Weights, r));
        await GetAsync(recovering);
        Assert.Equal(Weights, ReadCached());
        Assert.Contains(_log, l => l.Contains("answers 503 (ServiceUnavailable); attempt 2 of 3 follows", StringComparison.Ordinal));

        File.Delete(Cached);
        await using var broken = new LoopbackServer(_ => new Reply(500, []));
        Assert.Contains("answers 500 (InternalServerError)", await FailureAsync(broken), StringComparison.Ordinal);
        Assert.Equal(3, broken.Requests.Count);
    }

    [Fact]
    public async Task Without_a_connection_the_message_says_what_was_tried_and_the_ways_out()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var e = await Assert.ThrowsAsync<PretrainedWeightsException>(() => Cache(new Uri($"http://127.0.0.1:{port}/"))
            .GetAsync(Model, _log.Add, null, TestContext.Current.CancellationToken));
        Assert.Contains($"Tried http://127.0.0.1:{port}/publisher/tiny/model.safetensors", e.Message, StringComparison.Ordinal);
        Assert.Contains($"put it at '{Cached}'", e.Message, StringComparison.Ordinal);
        Assert.Contains("pass the path of a .safetensors file instead of \"imagenet\"", e.Message.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal("tiny", e.Weights);
        Assert.Single(_log);
    }

    [Fact]
    public async Task A_cached_file_that_was_damaged_is_noticed_and_fetched_again()
    {
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        await GetAsync(server);
        byte[] damaged = ReadCached();
        damaged[^1] ^= 1;
        foreach (byte[] bytes in (byte[][])[damaged, Weights[..^1], []])
        {
            await File.WriteAllBytesAsync(Cached, bytes, TestContext.Current.CancellationToken);
            await GetAsync(server);
            Assert.Equal(Weights, ReadCached());
        }
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_damaged_record_means_fetching_again()
    {
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        await GetAsync(server);
        await File.WriteAllTextAsync(Cached + ".json", "{", TestContext.Current.CancellationToken);
        await GetAsync(server);
        await GetAsync(server);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_file_put_there_by_hand_is_taken_without_a_request()
    {
        await File.WriteAllBytesAsync(Cached, Weights, TestContext.Current.CancellationToken);
        await using var server = new LoopbackServer(_ => new Reply(500, []));
        Assert.Equal(Cached, await GetAsync(server));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Two_callers_at_once_download_once()
    {
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Cache(server.Address).GetAsync(Model, _ => { }, null, TestContext.Current.CancellationToken))));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Waiting_for_another_download_can_be_cancelled()
    {
        await using var held = new FileStream(Cached + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        await using var server = new LoopbackServer(r => Reply.File(Weights, r));
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Cache(server.Address).GetAsync(Model, line =>
        {
            _log.Add(line);
            cancel.Cancel();
        }, null, cancel.Token));
        Assert.Equal($"Waiting for another download to release '{Cached}.lock'.", Assert.Single(_log));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_named_with_the_variable_that_names_another()
    {
        await File.WriteAllTextAsync(_folder["file"], "", TestContext.Current.CancellationToken);
        var cache = new WeightCache(Path.Combine(_folder["file"], "cache"), new Uri("http://127.0.0.1:9/"), Impatient);
        var e = await Assert.ThrowsAsync<PretrainedWeightsException>(() => cache.GetAsync(Model, _log.Add, null, TestContext.Current.CancellationToken));
        Assert.Contains(Path.Combine(_folder["file"], "cache"), e.Message, StringComparison.Ordinal);
        Assert.Contains("VISUALSENTIMENT_CACHE", e.Message, StringComparison.Ordinal);
    }

    private static DownloadPolicy Impatient { get; } = new(Attempts: 3, FirstDelay: TimeSpan.Zero, Patience: TimeSpan.FromSeconds(20));

    private WeightCache Cache(Uri host, DownloadPolicy? policy = null) => new(_folder.Path, host, policy ?? Impatient);

    private Task<string> GetAsync(LoopbackServer server, Reports? progress = null, DownloadPolicy? policy = null) =>
        Cache(server.Address, policy).GetAsync(Model, _log.Add, progress, TestContext.Current.CancellationToken);

    private async Task<string> FailureAsync(LoopbackServer server) =>
        (await Assert.ThrowsAsync<PretrainedWeightsException>(() => GetAsync(server))).Message;

    private byte[] ReadCached() => File.ReadAllBytes(Cached);

    private void LeavePartial(byte[] bytes, string? tag)
    {
        File.WriteAllBytes(Partial, bytes);
        if (tag is not null)
            File.WriteAllText(Partial + ".etag", tag);
    }

    private static byte[] RandomWeights(int seed)
    {
        byte[] data = new byte[50_000];
        new Random(seed).NextBytes(data);
        return new SafetensorsBuilder().Add("weight", "F32", [data.Length / 4], data).ToArray();
    }

    /// <summary>Progress told on the spot, unlike Progress&lt;T&gt;.</summary>
    private sealed class Reports(Action<DownloadProgress>? onReport = null) : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Seen { get; } = [];

        public void Report(DownloadProgress value)
        {
            Seen.Add(value);
            onReport?.Invoke(value);
        }
    }
}
