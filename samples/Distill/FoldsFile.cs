using System.Text.Json;
using VisualSentiment;

namespace Distill;

/// <summary>folds.json: the settings, the runs that are done, and the report over the requested runs.</summary>
internal sealed record FoldsFile
{
    /// <summary>All settings that affect the result of a run, except seed and fold, by name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The runs that are done, by seed and fold.</summary>
    public required IReadOnlyList<FoldRun> Runs { get; init; }

    /// <summary>The report over the requested runs; null before the first is done.</summary>
    public DistillationReport? Report { get; init; }

    /// <summary>Reads the runs that are done; none if the file does not exist.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be read, or its runs have other settings, which are listed.</exception>
    public static IReadOnlyList<FoldRun> ReadRuns(string path, IReadOnlyDictionary<string, string> settings)
    {
        if (!File.Exists(path))
            return [];
        FoldsFile before = Read(path, "Delete it, or pass another --output.");
        string[] differences = [.. settings.Keys.Union(before.Settings.Keys).Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Before: before.Settings.GetValueOrDefault(name, "not set"), Now: settings.GetValueOrDefault(name, "not set")))
            .Where(setting => setting.Before != setting.Now)
            .Select(setting => $"{setting.Name}: {setting.Before} there, {setting.Now} now")];
        return differences.Length == 0 ? before.Runs : throw new InvalidOperationException($"'{path}' contains runs with other settings:"
            + string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}"))
            + $"{Environment.NewLine}Pass the same settings to continue, pass another --output to keep the runs, or delete the file.");
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wayOut">The way out, for the message if the file cannot be read.</param>
    /// <exception cref="InvalidOperationException">The file cannot be read.</exception>
    public static FoldsFile Read(string path, string wayOut)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<FoldsFile>(file, OutputFile.Json) ?? throw new JsonException("The file is empty.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidOperationException($"'{path}' cannot be used: {e.Message} {wayOut}", e);
        }
    }

    public void Save(string path) => OutputFile.WriteJson(path, this);
}
