using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaperTables;

/// <summary>The output folder: what was computed once is found there again, under the same settings.</summary>
internal sealed class ResultFolder
{
    private const string SettingsFile = "settings.json";

    public static JsonSerializerOptions Format { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly string _path;

    private ResultFolder(string path) => _path = path;

    /// <exception cref="IOException">The folder holds results of other settings; the message says which.</exception>
    public static ResultFolder Open(PaperSettings settings)
    {
        Directory.CreateDirectory(settings.Output);
        var folder = new ResultFolder(settings.Output);
        var wanted = settings.ThatDecide();
        if (folder.Read<Dictionary<string, string>>(SettingsFile) is not { } found)
        {
            folder.Write(SettingsFile, wanted);
            return folder;
        }
        string[] differences = [.. wanted.Where(setting => found.GetValueOrDefault(setting.Key) != setting.Value)
            .Select(setting => $"{setting.Key} was {found.GetValueOrDefault(setting.Key, "not set")} and is {setting.Value}")];
        return differences.Length == 0 ? folder : throw new IOException(
            $"'{settings.Output}' contains results with other settings: {string.Join("; ", differences)}. Pass another --output, or the same settings.");
    }

    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>What stands in a file; default where there is none.</summary>
    public T? Read<T>(string name)
    {
        string path = PathOf(name);
        return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path), Format) : default;
    }

    public void Write<T>(string name, T value) => WriteText(name, JsonSerializer.Serialize(value, Format));

    public void WriteText(string name, string text)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        OutputFile.Write(path, unfinished => File.WriteAllText(unfinished, text));
    }
}
