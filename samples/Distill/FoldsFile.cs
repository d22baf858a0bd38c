using System.Text.Json;
using VisualSentiment;

namespace Distill;

/// <summary>folds.json: the settings, the runs that are done, and the report over those that were asked for.</summary>
internal sealed record FoldsFile
{
    /// <summary>What decides the result of a run besides its seed and fold, by name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The runs that are done, by seed and fold.</summary>
    public required IReadOnlyList<FoldRun> Runs { get; init; }

    /// <summary>The report over those of the runs that were asked for; null before the first.</summary>
    public DistillationReport? Report { get; init; }

    /// <summary>Reads the runs that are done; none where there is no file.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be read, or its runs are of other settings, which are listed.</exception>
    public static IReadOnlyList<FoldRun> ReadRuns(string path, IReadOnlyDictionary<string, string> settings)
    {
        if (!File.Exists(path))
            return [];
        FoldsFile before = Read(path, "Delete it, or give another --output.");
        string[] differences = [.. settings.Keys.Union(before.Settings.Keys).Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Before: before.Settings.GetValueOrDefault(name, "not set"), Now: settings.GetValueOrDefault(name, "not set")))
            .Where(setting => setting.Before != setting.Now)
            .Select(setting => $"{setting.Name}: {setting.Before} there, {setting.Now} now")];
        return differences.Length == 0 ? before.Runs : throw new InvalidOperationException($"'{path}' holds runs of other settings:"
            + string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}"))
            + $"{Environment.NewLine}Give the same settings to go on with them, another --output to keep them, or delete the file.");
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wayOut">What can be done where it cannot be read.</param>
    /// <exception cref="InvalidOperationException">The file cannot be read.</exception>
    public static FoldsFile Read(string path, string wayOut)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<FoldsFile>(file, OutputFile.Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidOperationException($"'{path}' cannot be used: {e.Message} {wayOut}", e);
        }
    }

    public void Save(string path) => OutputFile.WriteJson(path, this);
}
