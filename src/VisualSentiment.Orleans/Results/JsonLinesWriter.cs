using System.Text.Encodings.Web;
using System.Text.Json;

namespace VisualSentiment.Cluster.Results;

/// <summary>Writes one JSON object per line. Names stay readable.</summary>
internal sealed class JsonLinesWriter(Stream output, IReadOnlyList<string> classes) : ResultWriter
{
    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public override void Write(ImageRow row)
    {
        _json.WriteStartObject();
        _json.WriteString("file", row.Image);
        if (row.Scores is { } scores)
        {
            _json.WriteString("emotion", row.Emotion);
            _json.WriteNumber("confidence", scores.Max());
            _json.WriteStartObject("scores");
            for (int i = 0; i < classes.Count; i++)
                _json.WriteNumber(classes[i], scores[i]);
            _json.WriteEndObject();
        }
        else
            _json.WriteString("error", row.Error);
        _json.WriteEndObject();
        _json.Flush();
        output.WriteByte((byte)'\n');
        _json.Reset();
    }

    public override Task FinishAsync() => Task.CompletedTask;

    public override void Dispose() => _json.Dispose();
}
