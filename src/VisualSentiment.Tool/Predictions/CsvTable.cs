using System.Globalization;
using CsvHelper;

namespace VisualSentiment.Tool.Predictions;

/// <summary>
/// Writes a CSV table: file, emotion, confidence, the scores and an error. The scores have a column per class, or pairs
/// of columns for the highest scores.
/// </summary>
internal sealed class CsvTable : IPredictionWriter, IDisposable
{
    private readonly CsvWriter _csv;
    private readonly IReadOnlyList<string> _classes;
    private readonly int _pairs;

    /// <param name="output">The writer, which is disposed.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="top">
    /// The number of highest scores, at most that of the classes; null for a column per class.
    /// </param>
    public CsvTable(TextWriter output, IReadOnlyList<string> classes, int? top)
    {
        _csv = CsvWriter.Create(output);
        _classes = top is null ? classes : [];
        _pairs = top ?? 1;
        WriteRow(["file", "emotion", "confidence", .. Enumerable.Range(2, _pairs - 1).SelectMany(rank =>
            (string[])[$"emotion {rank}", $"confidence {rank}"]), .. _classes, "error"]);
    }

    public void Write(string file, SentimentPrediction prediction) => WriteRow([file, .. prediction.Top(_pairs)
        .SelectMany(score => (string[])[score.Emotion, Number(score.Probability)]),
        .. _classes.Select(name => Number(prediction[name])), ""]);

    public void Write(string file, UnreadableImageException error) =>
        WriteRow([file, .. Enumerable.Repeat("", 2 * _pairs + _classes.Count), error.Message]);

    public void Dispose() => _csv.Dispose();

    private static string Number(float value) => value.ToString(CultureInfo.InvariantCulture);

    private void WriteRow(IEnumerable<string> fields)
    {
        foreach (string field in fields)
            _csv.WriteField(field);
        _csv.EndRecord();
        _csv.Flush();
    }
}
