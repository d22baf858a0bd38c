namespace VisualSentiment.Cluster.Results;

/// <summary>The result of one image.</summary>
/// <param name="Image">Gets the line of the manifest.</param>
/// <param name="Emotion">Gets the most probable emotion; null if the image could not be read.</param>
/// <param name="Scores">Gets the probability of each class, in the order of the model.</param>
/// <param name="Error">Gets the reason why the image could not be read.</param>
/// <param name="IsUnavailable">Gets whether the cause is outside the image, for example a missing file.</param>
[GenerateSerializer, Immutable]
internal sealed record ImageRow(
    [property: Id(0)] string Image, [property: Id(1)] string? Emotion = null, [property: Id(2)] float[]? Scores = null,
    [property: Id(3)] string? Error = null, [property: Id(4)] bool IsUnavailable = false)
{
    public static ImageRow Predicted(string image, SentimentPrediction prediction) =>
        new(image, prediction.Emotion, [.. prediction.Scores.Values]);
}
