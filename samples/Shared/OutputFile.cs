using System.Text.Encodings.Web;
using System.Text.Json;

namespace Samples;

/// <summary>Files that appear complete or not at all.</summary>
internal static class OutputFile
{
    /// <summary>How reports are written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(string path, Action<string> write)
    {
        string unfinished = path + ".tmp";
        write(unfinished);
        File.Move(unfinished, path, overwrite: true);
    }

    public static void WriteJson<T>(string path, T content) => Write(path, unfinished => File.WriteAllText(unfinished, JsonSerializer.Serialize(content, Json)));
}
