using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using VisualSentiment.Tests.Support;
using VisualSentiment.Weights;

namespace VisualSentiment.Tests.Weights;

public sealed class WeightDownloadTests : IDisposable
{
    private static readonly byte[] Weights = RandomNumberGenerator.GetBytes(50_000);

    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Weights));

    private readonly TemporaryFolder _folder = new();
    private readonly HttpListener _listener = new();
    private readonly List<string?> _ranges = [];
    private readonly string _url;

    public WeightDownloadTests()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        _url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        _listener.Prefixes.Add(_url);
        _listener.Start();
    }

    private string Target => _folder["tiny.safetensors"];

    private string Part => Target + ".part";

    public void Dispose()
    {
        _listener.Close();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_downloaded_once_and_read_without_a_request_afterwards()
    {
        Answer(context => Send(context, Weights));
        Assert.Equal(Target, await DownloadAsync());
        Assert.Equal(Target, await DownloadAsync());

        Assert.Single(_ranges);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal([Target], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interrupted_download_is_resumed_or_restarted_where_the_server_ignores_ranges(bool serverKnowsRanges)
    {
        await File.WriteAllBytesAsync(Part, Weights[..20_000], TestContext.Current.CancellationToken);
        Answer(context =>
        {
            if (serverKnowsRanges)
                SendRest(context, _ranges[^1]!);
            else
                Send(context, Weights);
        });
        await DownloadAsync();

        Assert.Equal(["bytes=20000-"], _ranges);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_damaged_part_is_discarded_and_the_whole_file_is_downloaded()
    {
        await File.WriteAllBytesAsync(Part, new byte[10_000], TestContext.Current.CancellationToken);
        Answer(context =>
        {
            if (_ranges[^1] is { } range)
                SendRest(context, range);
            else
                Send(context, Weights);
        });
        await DownloadAsync();

        Assert.Equal(["bytes=10000-", null], _ranges);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_with_another_hash_leaves_nothing()
    {
        Answer(context => Send(context, [.. Weights[..^1], (byte)(Weights[^1] ^ 1)]));
        var e = await Assert.ThrowsAsync<PretrainedWeightsException>(DownloadAsync);

        Assert.Contains($"instead of {Sha256}", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
        Assert.Single(_ranges);
    }

    [Theory]
    [InlineData(500, 3)]
    [InlineData(404, 1)]
    public async Task A_server_error_is_retried_where_that_can_help_and_reported_with_the_way_out(int status, int requests)
    {
        Answer(context => context.Response.StatusCode = status);
        var e = await Assert.ThrowsAsync<PretrainedWeightsException>(DownloadAsync);

        Assert.Equal(requests, _ranges.Count);
        Assert.Contains($"{_url} to '{Target}'", e.Message, StringComparison.Ordinal);
        Assert.Contains(status.ToString(CultureInfo.InvariantCulture), e.Message, StringComparison.Ordinal);
        Assert.Contains($"save it as '{Target}' (SHA-256 {Sha256})", e.Message, StringComparison.Ordinal);
        Assert.Contains(WeightDownload.FolderVariable, e.Message, StringComparison.Ordinal);
        Assert.Equal("tiny", e.Weights);
    }

    [Fact]
    public async Task A_canceled_download_is_resumed_later()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var over = new ManualResetEventSlim();
        Answer(context =>
        {
            if (_ranges[^1] is { } range)
            {
                SendRest(context, range);
                return;
            }
            context.Response.ContentLength64 = Weights.Length;
            context.Response.OutputStream.Write(Weights, 0, 30_000);
            context.Response.OutputStream.Flush();
            while (new FileInfo(Part) is not { Exists: true, Length: > 0 } && !over.IsSet)
                over.Wait(10);
            cancel.Cancel();
            over.Wait();
            context.Response.Abort();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GetAsync(cancel.Token));
        over.Set();
        Assert.False(File.Exists(Target));
        long received = new FileInfo(Part).Length;

        await DownloadAsync();
        Assert.Equal([null, $"bytes={received}-"], _ranges);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_download_of_another_process_is_awaited()
    {
        var other = new FileStream(Part, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Task<string> waiting = DownloadAsync();
        foreach (byte[] chunk in Weights.Chunk(10_000))
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            other.Write(chunk);
            other.Flush();
            Assert.False(waiting.IsCompleted);
        }
        other.Dispose();
        File.Move(Part, Target, overwrite: true);

        Assert.Equal(Target, await waiting);
        Assert.InRange(_ranges.Count, 0, 1);
        Assert.Equal([Target], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_part_that_another_process_keeps_open_and_does_not_complete_is_an_error()
    {
        using var other = new FileStream(Part, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var download = new WeightDownload(_folder.Path, _ => { }) { Timeout = TimeSpan.FromMilliseconds(300) };

        var e = await Assert.ThrowsAsync<PretrainedWeightsException>(() => download.GetAsync(
            new PretrainedModel("tiny", new Uri(_url), Sha256), TestContext.Current.CancellationToken));

        Assert.Contains("It has not grown for", e.Message, StringComparison.Ordinal);
        Assert.Contains($"save it as '{Target}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_weights_are_pinned_to_a_commit_and_a_hash()
    {
        Assert.Matches("^https://.*/resolve/[0-9a-f]{40}/model.safetensors$", PretrainedModel.ResNet50A1.Url.AbsoluteUri);
        Assert.Matches("^[0-9a-f]{64}$", PretrainedModel.ResNet50A1.Sha256);
    }

    private Task<string> DownloadAsync() => GetAsync(TestContext.Current.CancellationToken);

    private Task<string> GetAsync(CancellationToken cancellationToken) =>
        new WeightDownload(_folder.Path, _ => { }) { RetryDelay = TimeSpan.Zero }
            .GetAsync(new PretrainedModel("tiny", new Uri(_url), Sha256), cancellationToken);

    private void Answer(Action<HttpListenerContext> answer) => _ = Task.Run(async () =>
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                _ranges.Add(context.Request.Headers["Range"]);
                answer(context);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or HttpListenerException)
        {
            // The test is over.
        }
    });

    private static void SendRest(HttpListenerContext context, string range)
    {
        int from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
        context.Response.StatusCode = 206;
        context.Response.AddHeader("Content-Range", $"bytes {from}-{Weights.Length - 1}/{Weights.Length}");
        Send(context, Weights[from..]);
    }

    private static void Send(HttpListenerContext context, byte[] body)
    {
        context.Response.ContentLength64 = body.Length;
        context.Response.OutputStream.Write(body);
    }
}
