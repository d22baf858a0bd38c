using System.Globalization;
using VisualSentiment;

namespace Predict;

/// <summary>Output for people: file, emotion and confidence.</summary>
internal sealed class TextReport(TextWriter output, TextWriter errors) : IReport
{
    public void Write(string file, SentimentPrediction prediction) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}\t{prediction.Emotion}\t{prediction.Confidence:F3}"));

    public void Write(string file, UnreadableImageException error) => errors.WriteLine(error.Message);
}
