using System.Globalization;
using CsvHelper;

namespace VisualSentiment.Tool.Video;

/// <summary>
/// Writes a row per frame: time in seconds, number of the frame, emotion and confidence after smoothing, and for each
/// class the probability and the smoothed probability.
/// </summary>
internal sealed class TimelineCsv : IDisposable
{
    private readonly CsvWriter _csv;

    public TimelineCsv(string path, IReadOnlyList<string> classes)
    {
        _csv = CsvWriter.Create(new StreamWriter(path));
        WriteRow(["time", "frame", "emotion", "confidence", .. classes, .. classes.Select(name => $"{name} smoothed")]);
    }

    public void Write(double time, int frame, SentimentPrediction raw, SentimentPrediction smoothed) => WriteRow(
    [
        time.ToString("F3", CultureInfo.InvariantCulture), frame.ToString(CultureInfo.InvariantCulture),
        smoothed.Emotion, Number(smoothed.Confidence),
        .. raw.Scores.Values.Select(Number), .. smoothed.Scores.Values.Select(Number),
    ]);

    public void Dispose() => _csv.Dispose();

    private static string Number(float value) => value.ToString(CultureInfo.InvariantCulture);

    private void WriteRow(IEnumerable<string> fields)
    {
        foreach (string field in fields)
            _csv.WriteField(field);
        _csv.EndRecord();
    }
}
