using System.Text.Encodings.Web;
using System.Text.Json;

namespace VisualSentiment.Tool.Screens;

/// <summary>Writes files that are complete or do not exist.</summary>
internal static class OutputFile
{
    /// <summary>The JSON format of reports.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(string path, Action<string> write)
    {
        string unfinished = path + ".tmp";
        try
        {
            write(unfinished);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    public static void WriteJson<T>(string path, T content) =>
        Write(path, unfinished => File.WriteAllText(unfinished, JsonSerializer.Serialize(content, Json)));
}
