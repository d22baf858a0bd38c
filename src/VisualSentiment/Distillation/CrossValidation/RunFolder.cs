using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using VisualSentiment.Common;

namespace VisualSentiment.Distillation.CrossValidation;

/// <summary>
/// The folder of a cross-validation, with a file per seed, fold and recipe. It is locked until it is disposed.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly Dictionary<string, Dictionary<string, string>> _settings = [];
    private readonly Dictionary<string, DistillationReport> _done = [];

    private RunFolder(string path, FileStream exclusive)
    {
        _path = path;
        _lock = exclusive;
    }

    /// <summary>Creates the folder if it does not exist, and locks it.</summary>
    /// <exception cref="IOException">The folder is locked or cannot be written.</exception>
    public static RunFolder Open(string path)
    {
        string folder = Directory.CreateDirectory(path).FullName, file = Path.Combine(folder, "lock");
        try
        {
            return new RunFolder(folder, new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None,
                bufferSize: 1, FileOptions.DeleteOnClose));
        }
        catch (IOException e) when (File.Exists(file))
        {
            throw new IOException($"The folder '{folder}' is in use by another cross-validation, which has locked the "
                + $"file '{file}'. Wait until it ends, or pass another folder.", e);
        }
    }

    /// <summary>Reads the files of the runs that are done. Files of other runs are ignored.</summary>
    /// <param name="recipes">The recipes.</param>
    /// <param name="runs">The seeds and folds of the runs.</param>
    /// <param name="data">The settings of the data.</param>
    /// <exception cref="InvalidOperationException">
    /// A file is damaged, or its run has other settings, which are listed.
    /// </exception>
    public void Read(IReadOnlyList<KnowledgeDistillationOptions> recipes, IReadOnlyList<(int Seed, int Fold)> runs,
        IReadOnlyList<(string Name, string Value)> data)
    {
        List<string> differences = [];
        foreach (KnowledgeDistillationOptions recipe in recipes)
        {
            IReadOnlyList<(string Name, string Value)> common =
                [.. data, .. DistillationSettings.Of(recipe), .. Hashes(recipe)];
            foreach (var (seed, fold) in runs)
            {
                string name = NameOf(seed, fold, recipe.Recipe);
                _settings[name] = new[] { ("recipe", recipe.Recipe), ("seed", Number(seed)), ("fold", Number(fold)) }
                    .Concat(common).ToDictionary(setting => setting.Item1, setting => setting.Item2);
                if (ReadFile(name) is not { } file)
                    continue;
                differences.AddRange(FindDifferences(file.Settings, _settings[name])
                    .Select(difference => $"recipe '{recipe.Recipe}', {difference}"));
                _done[name] = file.Report;
            }
        }
        if (differences.Count > 0)
            throw new InvalidOperationException($"The folder '{_path}' contains runs with other settings:"
                + string.Concat(differences.Distinct().Select(text => $"{Environment.NewLine}  - {text}"))
                + $"{Environment.NewLine}Pass the same data and options to continue these runs. To keep them, pass "
                + "another folder or another name of the recipe. To replace them, delete their files.");
    }

    /// <summary>Returns the report of a run that is done; null otherwise.</summary>
    public DistillationReport? Find(int seed, int fold, string recipe) =>
        _done.GetValueOrDefault(NameOf(seed, fold, recipe));

    /// <summary>Writes the file of a run.</summary>
    public void Save(int seed, int fold, string recipe, DistillationReport report)
    {
        string name = NameOf(seed, fold, recipe);
        WriteJson(name, new RunFile { Settings = _settings[name], Report = report });
    }

    /// <summary>Writes the report over all runs as JSON, Markdown and HTML.</summary>
    /// <param name="report">The report.</param>
    /// <param name="title">The title.</param>
    /// <param name="settings">The settings of the first recipe.</param>
    public void Write(DistillationReport report, string title, IReadOnlyDictionary<string, string> settings)
    {
        WriteJson("report.json", report);
        AtomicFile.Write(Path.Combine(_path, "report.md"),
            stream => stream.Write(Encoding.UTF8.GetBytes($"# {title}\n\n{report.ToMarkdown()}")));
        report.SaveAsHtml(Path.Combine(_path, "report.html"), new HtmlReportOptions
        {
            Title = title,
            Settings = settings,
        });
    }

    public void Dispose() => _lock.Dispose();

    // The settings of a distillation only name the teacher's files and count the images without labels.
    private static IEnumerable<(string Name, string Value)> Hashes(KnowledgeDistillationOptions recipe)
    {
        if (recipe is { Loss.UsesTeacher: true, Teacher: { } teacher })
            yield return ("hash of the teacher",
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(teacher.Fingerprint())).AsSpan(0, 8)));
        if (recipe.Unlabeled is { } unlabeled)
            yield return ("identities of images without labels", CrossValidator.Describe(unlabeled.Images));
    }

    // Escaped, because the name of a recipe may contain characters that file names cannot contain.
    private static string NameOf(int seed, int fold, string recipe) =>
        $"seed{Number(seed)}-fold{Number(fold)}-{Uri.EscapeDataString(recipe)}.json";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> FindDifferences(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
        now.Keys.Union(before.Keys)
            .Select(name => (Name: name, Before: before.GetValueOrDefault(name, "not set"),
                Now: now.GetValueOrDefault(name, "not set")))
            .Where(setting => setting.Before != setting.Now)
            .Select(setting => $"{setting.Name}: {setting.Before} in the folder, {setting.Now} now");

    private RunFile? ReadFile(string name)
    {
        string path = Path.Combine(_path, name);
        if (!File.Exists(path))
            return null;
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize<RunFile>(file, Format) is { Settings: not null, Report: not null } run
                ? run : throw new JsonException("Settings or report are missing.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"The file '{path}' is damaged: {e.Message} Delete it, and its run is trained again.", e);
        }
    }

    private void WriteJson<T>(string name, T content) =>
        AtomicFile.Write(Path.Combine(_path, name), stream => JsonSerializer.Serialize(stream, content, Format));
}

/// <summary>The file of a run.</summary>
internal sealed record RunFile
{
    /// <summary>Everything that affects the run, by name.</summary>
    public required Dictionary<string, string> Settings { get; init; }

    public required DistillationReport Report { get; init; }
}
