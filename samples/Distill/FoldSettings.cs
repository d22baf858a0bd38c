using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment;

namespace Distill;

/// <summary>All settings that affect the result of a run, except seed and fold, so that only runs with the same settings are combined.</summary>
internal static class FoldSettings
{
    // What has its default is left out: an option that is added later does not make runs without it others.
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    // Say nothing about a run, or are described by what they hold.
    private static readonly string[] LeftOut =
    [
        nameof(DistillSettings.Data), nameof(DistillSettings.Unlabeled), nameof(DistillSettings.Output), nameof(DistillSettings.Cache), nameof(DistillSettings.CacheLimit),
        nameof(DistillSettings.Seed),
        nameof(DistillSettings.Seeds), nameof(DistillSettings.Pretrain), nameof(DistillSettings.GrowFrom), nameof(DistillSettings.StudentWeights), nameof(DistillSettings.TestFraction), nameof(DistillSettings.Int8),
        nameof(DistillSettings.Compare),
    ];

    /// <summary>The settings by name. Files are described by a hash of their content.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="images">The labeled images.</param>
    public static IReadOnlyDictionary<string, string> Describe(DistillSettings settings, IDataView images)
    {
        var all = JsonSerializer.SerializeToNode(settings, Format)!.AsObject()
            .Where(setting => !LeftOut.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(setting => setting.Key, setting => setting.Value!.ToString());
        all["data"] = Describe(images.GetColumn<string>("ImagePath").Zip(images.GetColumn<string>("Label")));
        foreach (var (name, folder) in ((string, string?)[])[("unlabeled", settings.Unlabeled), ("pretraining", settings.Pretrain)])
            if (folder is not null)
                all[name] = Describe(new MLContext().Data.LoadUnlabeledImages(folder).GetColumn<string>("ImagePath").Select(path => (path, "")));
        foreach (string? file in (string?[])[TeacherChoice.FileOf(settings.Teacher), settings.Weights, settings.GrowFrom, settings.StudentWeights])
            if (File.Exists(file))
                all[$"hash of {Path.GetFileName(file)}"] = Shorten(HashOf(file));
        if (Directory.Exists(settings.StudentWeights))
            all["hashes of students"] = string.Join(", ", PretrainedStudent.FilesOf(settings.StudentWeights).Select(file => Shorten(HashOf(file))));
        return all;
    }

    // The folds depend on the last two segments of a path alone, and so does this.
    private static string Describe(IEnumerable<(string Path, string Label)> images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int count = 0;
        foreach (var (path, label) in images)
        {
            string folder = Path.GetFileName(Path.GetDirectoryName(path)) ?? "";
            hash.AppendData(Encoding.UTF8.GetBytes($"{folder}/{Path.GetFileName(path)}\0{label}\0"));
            hash.AppendData(HashOf(path));
            count++;
        }
        return $"{count} images with hash {Shorten(hash.GetHashAndReset())}";
    }

    private static byte[] HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return SHA256.HashData(file);
    }

    private static string Shorten(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 8));
}
