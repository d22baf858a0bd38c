using System.Text.Encodings.Web;
using System.Text.Json;

namespace VisualSentiment.Tool.Predictions;

/// <summary>Writes one JSON object per line.</summary>
/// <param name="output">The writer.</param>
/// <param name="top">
/// The number of scores, at most that of the classes, in descending order; null for all, in the order of the classes.
/// </param>
internal sealed class JsonWriter(TextWriter output, int? top) : IPredictionWriter
{
    // Names stay readable; characters that end a line or a string are escaped.
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void Write(string file, SentimentPrediction prediction) => WriteLine(new
    {
        file,
        emotion = prediction.Emotion,
        confidence = prediction.Confidence,
        scores = top is null ? prediction.Scores
            : prediction.Top(top.Value).ToDictionary(score => score.Emotion, score => score.Probability),
    });

    public void Write(string file, UnreadableImageException error) => WriteLine(new { file, error = error.Message });

    private void WriteLine<T>(T line)
    {
        output.WriteLine(JsonSerializer.Serialize(line, Options));
        output.Flush();
    }
}
