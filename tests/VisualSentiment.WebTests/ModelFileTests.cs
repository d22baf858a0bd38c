using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;
using WebDetector;
using static VisualSentiment.WebTests.EndpointTests;

namespace VisualSentiment.WebTests;

/// <summary>Model files that are missing, damaged, or appear later.</summary>
public class ModelFileTests
{
    /// <summary>Trains nothing: writes a ready-made model.</summary>
    internal static TrainingCommand QuickTraining { get; } = new(output =>
    {
        File.WriteAllBytes(Path.Combine(output, "sentiment.onnx"), ColorStudent.Create());
        return new ProcessStartInfo("dotnet", ["--version"]);
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_damaged_model_stops_the_application_with_a_message()
    {
        byte[] model = ColorStudent.Create();
        model[model.Length / 2] ^= 1;
        using var folder = new TemporaryFolder();
        string path = folder["sentiment.onnx"];
        File.WriteAllBytes(path, model);

        var (exitCode, _, error) = SampleProgram.Run("WebDetector", "--Model", path, "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains(path, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_model_every_answer_says_how_to_get_one_and_a_file_that_appears_is_used()
    {
        await using var application = new DetectorApplication(model: null);
        HttpClient client = application.CreateClient();

        using (var refused = await client.PostAsync("/api/predict", Raw(TestImage.Encode(1)), Token))
            Assert.Contains("--project samples/Distill", await ReadProblem(refused, 503), StringComparison.Ordinal);
        using (var missing = await client.GetAsync("/model", Token))
            Assert.Contains(application.ModelPath, await ReadProblem(missing, 503), StringComparison.Ordinal);
        using (var unhealthy = await client.GetAsync("/health", Token))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, unhealthy.StatusCode);
        await File.WriteAllBytesAsync(application.ModelPath, ColorStudent.Create(), Token);
        using (var answered = await client.PostAsync("/api/predict", Raw(TestImage.Encode(1)), Token))
            await Read<PredictionAnswer>(answered, HttpStatusCode.OK);
        using var healthy = await client.GetAsync("/health", Token);
        Assert.Equal(HttpStatusCode.OK, healthy.StatusCode);
    }

    [Fact]
    public async Task A_damaged_file_that_appears_is_a_problem_until_it_is_replaced()
    {
        await using var application = new DetectorApplication(model: null);
        HttpClient client = application.CreateClient();

        await File.WriteAllTextAsync(application.ModelPath, "damaged", Token);
        using (var refused = await client.PostAsync("/api/predict", Raw(TestImage.Encode(1)), Token))
            Assert.Contains(application.ModelPath, await ReadProblem(refused, 503), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(application.ModelPath, ColorStudent.Create(), Token);
        using var answered = await client.PostAsync("/api/predict", Raw(TestImage.Encode(1)), Token);

        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Theory]
    [InlineData("Production", null, HttpStatusCode.Forbidden)]
    [InlineData("Development", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Development", "same-origin", HttpStatusCode.Accepted)]
    public async Task A_training_starts_in_development_and_for_the_page_only(
        string environment, string? site, HttpStatusCode expected)
    {
        await using var application = new DetectorApplication(model: null)
        {
            Environment = environment,
            ConfigureServices = services => services.AddSingleton(QuickTraining),
        };
        using var client = new HttpClient { BaseAddress = application.Listen() };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/train");
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);

        using var response = await client.SendAsync(request, Token);

        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.Accepted)
        {
            ModelTraining training = application.Services.GetRequiredService<ModelTraining>();
            for (int i = 0; i < 300 && training.State.Phase == TrainingPhase.Running; i++)
                await Task.Delay(100, Token);
            Assert.Equal(new TrainingState(TrainingPhase.Done), training.State);
            using var answered = await client.PostAsync("/api/predict", Raw(TestImage.Encode(1)), Token);
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        }
    }

    [Fact]
    public async Task A_failed_training_is_reported()
    {
        await using var application = new DetectorApplication(model: null)
        {
            Environment = "Development",
            ConfigureServices = services => services.AddSingleton(new TrainingCommand(_ =>
                new ProcessStartInfo("dotnet", ["exec", "missing.dll"]))),
        };
        using var client = new HttpClient { BaseAddress = application.Listen() };

        using var response = await client.PostAsync("/api/train", null, Token);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        ModelTraining training = application.Services.GetRequiredService<ModelTraining>();
        for (int i = 0; i < 300 && training.State.Phase == TrainingPhase.Running; i++)
            await Task.Delay(100, Token);
        Assert.Equal(TrainingPhase.Failed, training.State.Phase);
        Assert.Contains("missing.dll", training.State.Message, StringComparison.Ordinal);
    }
}
