using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using VisualSentiment;

namespace WebDetector;

/// <summary>The probability of one emotion, from 0 to 1.</summary>
internal sealed record EmotionProbability(string Emotion, float Probability);

/// <summary>The emotion that an image evokes.</summary>
/// <param name="Emotion">The most probable emotion.</param>
/// <param name="Confidence">Its probability, from 0 to 1.</param>
/// <param name="Uncertain">Whether its probability is below 50%, or less than 15 points above the next.</param>
/// <param name="Summary">The result in a sentence.</param>
/// <param name="Emotions">All emotions, in the order of the model's scores.</param>
/// <param name="LoadedAt">When the server loaded the model.</param>
internal sealed record PredictionAnswer(string Emotion, float Confidence, bool Uncertain, string Summary,
    IReadOnlyList<EmotionProbability> Emotions, DateTimeOffset LoadedAt)
{
    private const float MinConfidence = 0.5f, MinMargin = 0.15f;

    public static PredictionAnswer Of(SentimentPrediction prediction, DateTimeOffset loadedAt)
    {
        var top = prediction.Top(Math.Min(2, prediction.Scores.Count));
        string first = Describe(top[0]);
        string? doubt = top.Count > 1 && top[0].Probability - top[1].Probability < MinMargin
            ? $"Uncertain: {first} is not much more likely than {Describe(top[1])}."
            : top[0].Probability < MinConfidence
                ? $"Uncertain: the most likely emotion is {first}, which is below 50%."
            : null;
        return new(prediction.Emotion, prediction.Confidence, doubt is not null, doubt ?? $"Most likely {first}.",
            [.. prediction.Scores.Select(score => new EmotionProbability(score.Key, score.Value))], loadedAt);
    }

    private static string Describe((string Emotion, float Probability) score) =>
        string.Create(CultureInfo.InvariantCulture, $"{score.Emotion} ({100 * score.Probability:0}%)");
}

/// <summary>Where the evidence for an emotion lies in an image.</summary>
/// <param name="Prediction">The prediction for the whole image.</param>
/// <param name="Emotion">The emotion of the overlay.</param>
/// <param name="Overlay">A PNG as a data URL: the image in gray with the evidence in color.</param>
internal sealed record ExplanationAnswer(PredictionAnswer Prediction, string Emotion, string Overlay);

/// <summary>The state of the model.</summary>
/// <param name="IsLoaded">Whether predictions are possible.</param>
/// <param name="Problem">Why they are not, and what to do.</param>
/// <param name="Classes">The emotions, in the order of the scores.</param>
/// <param name="Fit">How images are fitted to the input: Fill or CenterCrop.</param>
/// <param name="Student">The name of the student.</param>
/// <param name="LoadedAt">When the server loaded the model.</param>
/// <param name="CanTrain">Whether POST /api/train is allowed.</param>
/// <param name="Training">The training that the page has started.</param>
internal sealed record ModelAnswer(bool IsLoaded, string? Problem, IReadOnlyList<string> Classes, string? Fit,
    string? Student, DateTimeOffset? LoadedAt, bool CanTrain, TrainingState Training);

/// <summary>The health of the application.</summary>
internal sealed record HealthAnswer(HealthStatus Status, IReadOnlyDictionary<string, string?> Checks)
{
    public static HealthAnswer Of(HealthReport report) => new(report.Status,
        report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Description));
}
