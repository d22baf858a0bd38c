using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace VisualSentiment.Benchmarks.Load;

/// <summary>Clients that upload images one after another, and compare each answer with the known ones.</summary>
internal sealed class LoadClients(Uri address, LoadImages images) : IDisposable
{
    public const int Count = 200;

    private const float Tolerance = 1e-5f;

    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = Count })
    {
        BaseAddress = address, Timeout = TimeSpan.FromMinutes(2),
    };

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _failures = [];
    private readonly List<double> _seconds = [];
    private readonly int[] _byModel = new int[images.Models.Length];

    /// <summary>The seconds of each answered upload.</summary>
    public IReadOnlyList<double> Seconds => _seconds;

    /// <summary>The number of predictions by each model.</summary>
    public IReadOnlyList<int> ByModel => _byModel;

    /// <summary>The number of refused images that were to be refused.</summary>
    public int Refused { get; private set; }

    /// <summary>The number of uploads by kind of failure.</summary>
    public IReadOnlyDictionary<string, int> Failures => _failures;

    /// <summary>Uploads until the token is canceled, and waits for the answers in progress.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Count).Select(seed =>
            Task.Run(() => RunAsync(seed, stop), CancellationToken.None)));

    public void Dispose() => _client.Dispose();

    private async Task RunAsync(int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
            await UploadAsync(images.All[random.Next(images.All.Length)]);
    }

    private async Task UploadAsync(LoadImage image)
    {
        using var content = new ByteArrayContent(image.Bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        long start = Stopwatch.GetTimestamp();
        HttpStatusCode status;
        byte[] body;
        try
        {
            using HttpResponseMessage response = await _client.PostAsync("/api/predict", content);
            status = response.StatusCode;
            body = await response.Content.ReadAsByteArrayAsync();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            lock (_gate)
                Fail($"lost ({e.Message})");
            return;
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int model = status == HttpStatusCode.OK ? FindModel(image, body) : -1;
        lock (_gate)
        {
            _seconds.Add(seconds);
            if (model >= 0)
                _byModel[model]++;
            else if (image.Scores.Count == 0 && status == HttpStatusCode.UnprocessableEntity)
                Refused++;
            else
                Fail(status == HttpStatusCode.OK ? "wrong answer" : $"status {(int)status}");
        }
    }

    private void Fail(string kind) => _failures[kind] = _failures.GetValueOrDefault(kind) + 1;

    private static int FindModel(LoadImage image, byte[] body)
    {
        using var answer = JsonDocument.Parse(body);
        float[] scores = [.. answer.RootElement.GetProperty("emotions").EnumerateArray()
            .Select(emotion => emotion.GetProperty("probability").GetSingle())];
        return image.Scores.ToList().FindIndex(known =>
            known.Zip(scores).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance));
    }
}
