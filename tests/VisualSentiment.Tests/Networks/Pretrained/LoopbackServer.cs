using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VisualSentiment.Tests.Networks.Pretrained;

/// <summary>A web server on the loopback address that can misbehave in every way a test asks for.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, Reply> _answer;
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly Task _serving;

    public LoopbackServer(Func<Request, Reply> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<Request> Requests => [.. _requests];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
            try
            {
                NetworkStream stream = client.GetStream();
                Request request = await ReadAsync(stream);
                _requests.Enqueue(request);
                Reply reply = _answer(request);
                await stream.WriteAsync(reply.Head(), _stop.Token);
                for (int sent = 0; sent < reply.Sent; sent += Reply.ChunkSize)
                    await stream.WriteAsync(reply.Body.AsMemory(sent, Math.Min(Reply.ChunkSize, reply.Sent - sent)), _stop.Token);
                // A server that says no more and does not hang up either, until the test is over.
                if (reply.ThenHangs)
                    await Task.Delay(Timeout.Infinite, _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client went away, or the test is over.
            }
    }

    private async Task<Request> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        string path = (await reader.ReadLineAsync(_stop.Token) ?? throw new IOException("no request")).Split(' ')[1];
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
            headers.Add(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
        return new Request(path, headers);
    }

    internal sealed record Request(string Path, IReadOnlyDictionary<string, string> Headers)
    {
        /// <summary>The first byte asked for; null where the whole file is.</summary>
        public int? From => Headers.TryGetValue("Range", out string? range)
            ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
            : null;
    }

    internal sealed class Reply(int status, byte[] body, params (string Name, string Value)[] headers)
    {
        public const int ChunkSize = 1000;

        public byte[] Body { get; } = body;

        /// <summary>How much of the body is sent before the connection is closed.</summary>
        public int Sent { get; init; } = body.Length;

        /// <summary>What Content-Length says; null leaves it out.</summary>
        public long? ClaimedLength { get; init; } = body.Length;

        /// <summary>Whether the connection stays open, silent, after that.</summary>
        public bool ThenHangs { get; init; }

        public byte[] Head()
        {
            var head = new StringBuilder($"HTTP/1.1 {status} Reason\r\nConnection: close\r\n");
            if (ClaimedLength is { } length)
                head.Append($"Content-Length: {length}\r\n");
            foreach ((string name, string value) in headers)
                head.Append($"{name}: {value}\r\n");
            return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
        }

        public static Reply Redirect(string location, params (string Name, string Value)[] headers) =>
            new(302, [], [("Location", location), .. headers]);

        /// <summary>A file, or the part of it that a request asks for, as a well-behaved server sends it.</summary>
        public static Reply File(byte[] file, Request request, string tag = "\"v1\"", int? breaksOffAfter = null)
        {
            int from = request.From is { } start && request.Headers["If-Range"] == tag ? start : 0;
            byte[] part = file[from..];
            int sent = Math.Min(breaksOffAfter ?? part.Length, part.Length);
            return request.From is null || from == 0
                ? new Reply(200, part, ("ETag", tag)) { Sent = sent }
                : from == file.Length
                    ? new Reply(416, [], ("Content-Range", $"bytes */{file.Length}"))
                    : new Reply(206, part, ("ETag", tag), ("Content-Range", $"bytes {from}-{file.Length - 1}/{file.Length}")) { Sent = sent };
        }
    }
}
