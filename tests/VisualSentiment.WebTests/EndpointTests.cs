using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;
using WebDetector;

namespace VisualSentiment.WebTests;

/// <summary>The API of the sample, without its page.</summary>
public class EndpointTests
{
    private static readonly JsonSerializerOptions Web = JsonSerializerOptions.Web;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Predict_returns_the_probabilities_of_the_detector(bool isForm)
    {
        await using var application = DetectorApplication.WithColorStudent();
        byte[] image = TestImage.Encode(1);
        using var detector = SentimentDetector.Load(application.ModelPath);

        using HttpContent upload = isForm ? Form(image) : Raw(image);
        using var response = await application.CreateClient().PostAsync("/api/predict", upload, Token);

        var answer = await Read<PredictionAnswer>(response, HttpStatusCode.OK);
        SentimentPrediction expected = detector.Predict(image);
        Assert.Equal(expected.Emotion, answer.Emotion);
        Assert.Equal(expected.Scores.Values, answer.Emotions.Select(emotion => emotion.Probability));
        Assert.Equal(ColorStudent.Classes, answer.Emotions.Select(emotion => emotion.Emotion));
    }

    [Fact]
    public async Task Explain_returns_the_overlay_of_the_detector_as_JSON_or_as_PNG()
    {
        await using var application = DetectorApplication.WithColorStudent();
        byte[] image = TestImage.Encode(2);
        using var detector = SentimentDetector.Load(application.ModelPath);
        byte[] expected = detector.Explain(image).ToOverlay("hope");
        HttpClient client = application.CreateClient();

        using var json = await client.PostAsync("/api/explain?emotion=hope", Raw(image), Token);
        client.DefaultRequestHeaders.Accept.Add(new("image/png"));
        using var png = await client.PostAsync("/api/explain?emotion=hope", Form(image), Token);

        var answer = await Read<ExplanationAnswer>(json, HttpStatusCode.OK);
        Assert.Equal("hope", answer.Emotion);
        Assert.Equal(expected, Convert.FromBase64String(answer.Overlay.Split(',')[1]));
        Assert.Equal("image/png", png.Content.Headers.ContentType!.MediaType);
        Assert.Equal(expected, await png.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData(new[] { 0.8f, 0.1f, 0.1f }, false, "Most likely calm (80%).")]
    [InlineData(new[] { 0.45f, 0.4f, 0.15f }, true, "Uncertain: calm (45%) is not much more likely than hope (40%).")]
    [InlineData(new[] { 0.45f, 0.28f, 0.27f }, true,
        "Uncertain: the most likely emotion is calm (45%), which is below 50%.")]
    public void An_answer_states_its_uncertainty(float[] scores, bool uncertain, string summary)
    {
        var prediction = new SentimentPrediction(ColorStudent.Classes.Zip(scores).ToDictionary());

        PredictionAnswer answer = PredictionAnswer.Of(prediction, default);

        Assert.Equal((uncertain, summary), (answer.Uncertain, answer.Summary));
    }

    [Fact]
    public async Task The_OpenAPI_document_lists_requests_answers_and_problems()
    {
        await using var application = DetectorApplication.WithColorStudent();

        string json = await application.CreateClient().GetStringAsync("/openapi/v1.json", Token);

        using var document = JsonDocument.Parse(json);
        JsonElement paths = document.RootElement.GetProperty("paths");
        Assert.Equal(["/api/explain", "/api/model", "/api/predict", "/api/train", "/model"],
            paths.EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        JsonElement predict = paths.GetProperty("/api/predict").GetProperty("post");
        Assert.Equal(["application/octet-stream", "image/*", "multipart/form-data"], predict.GetProperty("requestBody")
            .GetProperty("content").EnumerateObject().Select(type => type.Name).Order(StringComparer.Ordinal));
        JsonElement responses = predict.GetProperty("responses");
        Assert.Equal(["200", "400", "408", "413", "415", "422", "503"],
            responses.EnumerateObject().Select(status => status.Name).Order(StringComparer.Ordinal));
        JsonElement unreadable = responses.GetProperty("422").GetProperty("content");
        Assert.Equal("application/problem+json", Assert.Single(unreadable.EnumerateObject()).Name);
    }

    [Fact]
    public async Task The_model_file_and_its_description_are_served()
    {
        await using var application = DetectorApplication.WithColorStudent();
        HttpClient client = application.CreateClient();

        byte[] file = await client.GetByteArrayAsync("/model", Token);
        using var response = await client.GetAsync("/api/model", Token);

        Assert.Equal(await File.ReadAllBytesAsync(application.ModelPath, Token), file);
        using var description = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.True(description.RootElement.GetProperty("isLoaded").GetBoolean());
        Assert.Equal("Fill", description.RootElement.GetProperty("fit").GetString());
        Assert.False(description.RootElement.GetProperty("canTrain").GetBoolean());
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/app.js")]
    [InlineData("GET", "/api/model")]
    [InlineData("GET", "/nothing")]
    [InlineData("POST", "/api/predict")]
    public async Task Every_answer_has_security_headers(string method, string path)
    {
        await using var application = DetectorApplication.WithColorStudent();

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await application.CreateClient().SendAsync(request, Token);

        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    internal static ByteArrayContent Raw(byte[] bytes, string type = "image/png") =>
        new(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    internal static MultipartFormDataContent Form(params byte[][] files)
    {
        MultipartFormDataContent form = [];
        foreach (byte[] file in files)
            form.Add(Raw(file), "file", "image.png");
        return form;
    }

    internal static async Task<T> Read<T>(HttpResponseMessage response, HttpStatusCode status)
    {
        string text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<T>(text, Web)!;
    }

    /// <summary>Asserts that a response has problem details of a status, and returns their detail.</summary>
    internal static async Task<string?> ReadProblem(HttpResponseMessage response, int status)
    {
        var problem = await Read<ProblemDetails>(response, (HttpStatusCode)status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(status, problem.Status);
        Assert.NotNull(problem.Title);
        return problem.Detail;
    }
}
