using System.Text.Encodings.Web;
using System.Text.Json;
using VisualSentiment;

namespace Predict;

/// <summary>Output for programs: one JSON object per line and image.</summary>
internal sealed class JsonReport(TextWriter output) : IReport
{
    // Names stay readable; characters that end a line or a string are escaped.
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(string file, SentimentPrediction prediction) =>
        Write(new { file, emotion = prediction.Emotion, confidence = prediction.Confidence, scores = prediction.Scores });

    public void Write(string file, UnreadableImageException error) => Write(new { file, error = error.Message });

    private void Write<T>(T line) => output.WriteLine(JsonSerializer.Serialize(line, Options));
}
