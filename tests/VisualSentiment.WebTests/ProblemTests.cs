using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;
using WebDetector;
using static VisualSentiment.WebTests.EndpointTests;

namespace VisualSentiment.WebTests;

/// <summary>Every error is answered with problem details.</summary>
public class ProblemTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string> Uploads => new()
    {
        { "text", 422, "It is not a JPEG, PNG, WebP, GIF or BMP image." },
        { "empty", 422, "It is empty." },
        { "truncated", 422, "It is truncated." },
        { "TIFF", 422, "It is a TIFF file; images are JPEG, PNG, WebP, GIF or BMP." },
        { "JSON", 415, "Send multipart/form-data with one file" },
        { "no type", 415, "Send multipart/form-data with one file" },
        { "two files", 400, "The form has 2 files; send one image." },
        { "no file", 400, "The form has 0 files; send one image." },
        { "broken form", 400, "The form is not valid multipart/form-data." },
        { "long", 413, "an image may have 20,000 bytes" },
        { "long form", 413, "an image may have 20,000 bytes" },
        { "long chunks", 413, "an image may have 20,000 bytes" },
        { "long form in chunks", 413, "an image may have 20,000 bytes" },
        { "many pixels", 422, "at most 10,000 are allowed" },
    };

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task An_invalid_upload_is_refused(string kind, int status, string detail)
    {
        await using var application = new DetectorApplication(ColorStudent.Create())
        {
            Settings = { ["Limits:MaxBytes"] = "20000", ["Limits:MaxPixels"] = "10000" },
        };
        HttpClient client = application.CreateClient();
        foreach (string path in (string[])["/api/predict", "/api/explain"])
        {
            using HttpContent upload = Create(kind);
            using var response = await client.PostAsync(path, upload, Token);

            Assert.Contains(detail, await ReadProblem(response, status), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_unknown_emotion_is_refused()
    {
        await using var application = DetectorApplication.WithColorStudent();

        using var upload = Raw(TestImage.Encode(1));
        using var response = await application.CreateClient().PostAsync("/api/explain?emotion=boredom", upload, Token);

        string? detail = await ReadProblem(response, 400);
        Assert.Equal("There is no emotion 'boredom'; the emotions are calm, hope, rage.", detail);
    }

    [Fact]
    public async Task A_student_without_evidence_maps_is_reported()
    {
        await using var application = new DetectorApplication(ExportedStudent.Create());

        using var upload = Raw(TestImage.Encode(1));
        using var response = await application.CreateClient().PostAsync("/api/explain", upload, Token);

        Assert.NotNull(await ReadProblem(response, 501));
    }

    [Theory]
    [InlineData("/nothing", 404)]
    [InlineData("/api/predict", 405)]
    public async Task A_wrong_address_or_method_is_a_problem(string path, int status)
    {
        await using var application = DetectorApplication.WithColorStudent();

        using var response = await application.CreateClient().GetAsync(path, Token);

        await ReadProblem(response, status);
    }

    [Fact]
    public async Task A_slow_upload_is_given_up()
    {
        await using var application = new DetectorApplication(ColorStudent.Create())
        {
            Settings = { ["Limits:UploadTime"] = "0:0:0.2" },
        };
        Uri address = application.Listen();
        using var client = new TcpClient(address.Host, address.Port);
        await using NetworkStream stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /api/predict HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: image/png\r\nContent-Length: 9\r\n\r\n123"), Token);

        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync(Token));
    }

    [Theory]
    [InlineData("0", "Too many images are waiting. Try again in a second.")]
    [InlineData("1", "There was no result after 0.2 seconds. Try again in a second.")]
    public async Task A_busy_server_refuses_an_image_at_once_or_gives_it_up_in_time(string queue, string detail)
    {
        using ManualResetEventSlim started = new(), release = new();
        await using var application = new DetectorApplication(ColorStudent.Create())
        {
            Settings =
            {
                ["Limits:Concurrency"] = "1", ["Limits:Queue"] = queue, ["Limits:PredictionTime"] = "0:0:0.2",
            },
        };
        HttpClient client = application.CreateClient();
        Task<bool> work = application.Services.GetRequiredService<HostedSentimentDetector>().RunAsync(_ =>
        {
            started.Set();
            return release.Wait(TimeSpan.FromSeconds(30));
        }, Token);
        Assert.True(started.Wait(TimeSpan.FromSeconds(30), Token));

        using var refused = await client.PostAsync("/api/predict", Raw(TestImage.Encode(1)), Token);
        release.Set();
        Assert.True(await work);
        using var accepted = await client.PostAsync("/api/predict", Raw(TestImage.Encode(1)), Token);

        Assert.Equal(detail, await ReadProblem(refused, 503));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    private static HttpContent Create(string kind)
    {
        byte[] large = new byte[100_000];
        return kind switch
        {
            "text" => Raw("This is not an image."u8.ToArray()),
            "empty" => Raw([]),
            "truncated" => Raw(TestImage.Encode(1)[..^200]),
            "TIFF" => Form([(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0]),
            "JSON" => Raw("{}"u8.ToArray(), "application/json"),
            "no type" => new ByteArrayContent(TestImage.Encode(1)),
            "two files" => Form(TestImage.Encode(1), TestImage.Encode(2)),
            "no file" => new MultipartFormDataContent { { new StringContent("text"), "file" } },
            "broken form" => Raw("--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n12"u8.ToArray(),
                "multipart/form-data; boundary=x"),
            "long" => Raw(large),
            "long form" => Form(large),
            "long chunks" => Chunked(Raw(large)),
            "long form in chunks" => Chunked(Form(large)),
            _ => Raw(Painted.Encode(200, 200, 1)),
        };
    }

    // Without a length in the header.
    private static StreamContent Chunked(HttpContent content)
    {
        var chunked = new StreamContent(new UnknownLength(content.ReadAsByteArrayAsync().Result));
        chunked.Headers.ContentType = content.Headers.ContentType;
        return chunked;
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
