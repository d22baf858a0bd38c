using System.Globalization;
using System.Text.Json;
using CsvHelper;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Tagging;

/// <summary>Writes the results as a table with one row per image.</summary>
internal static class TagTable
{
    public const string Csv = "csv", JsonLines = "jsonl", Parquet = "parquet";

    /// <summary>Writes <c>tags.csv</c> or <c>tags.jsonl</c>, which is complete or does not change.</summary>
    /// <returns>The name of the file.</returns>
    public static string Write(string folder, string format, IReadOnlyList<string> classes,
        IEnumerable<(string? Tag, JournalLine Line)> rows)
    {
        string name = $"tags.{format}";
        OutputFile.Write(Path.Combine(folder, name), unfinished =>
        {
            using var output = new StreamWriter(unfinished);
            output.NewLine = "\n";
            if (format == Csv)
                WriteCsv(output, classes, rows);
            else
                WriteJson(output, rows);
        });
        return name;
    }

    private static void WriteCsv(
        TextWriter output, IReadOnlyList<string> classes, IEnumerable<(string? Tag, JournalLine Line)> rows)
    {
        using var csv = CsvWriter.Create(output);
        WriteRow(["file", "tag", "emotion", "confidence", .. classes, "error"]);
        foreach (var (tag, line) in rows)
            if (Predict(line) is { } prediction)
                WriteRow([line.File, tag!, prediction.Emotion, Number(prediction.Confidence),
                    .. classes.Select(name => Number(prediction[name])), line.SidecarError ?? ""]);
            else
                WriteRow([line.File, "", "", "", .. classes.Select(_ => ""), line.Error!]);

        void WriteRow(IEnumerable<string> fields)
        {
            foreach (string field in fields)
                csv.WriteField(field);
            csv.EndRecord();
        }
    }

    private static void WriteJson(TextWriter output, IEnumerable<(string? Tag, JournalLine Line)> rows)
    {
        foreach (var (tag, line) in rows)
        {
            SentimentPrediction? prediction = Predict(line);
            output.WriteLine(JsonSerializer.Serialize(new
            {
                line.File,
                tag,
                prediction?.Emotion,
                prediction?.Confidence,
                line.Scores,
                Error = line.Error ?? line.SidecarError,
            }, JournalLine.Json));
        }
    }

    private static SentimentPrediction? Predict(JournalLine line) => line.Scores is null ? null : new(line.Scores);

    private static string Number(float value) => value.ToString(CultureInfo.InvariantCulture);
}
