using CsvHelper;
using VisualSentiment.Common;

namespace VisualSentiment.Data;

/// <summary>Reads the labeled images that a CSV file with a header lists.</summary>
internal static class LabelFile
{
    private static readonly string[] FileNames = ["file", "image", "path", "filename"];
    private static readonly string[] LabelNames = ["label", "class", "emotion", "category"];
    private static readonly CsvReaderOptions Csv = new()
    {
        TrackLineNumbers = true, TrimWhitespace = true, TrimInsideQuotes = true, PoolStrings = true,
    };

    public static LabeledFiles Read(string path, ImageFolderOptions options)
    {
        var result = new LabeledFiles();
        try
        {
            RegularFile.ThrowIfOther(path);
            using var csv = CsvReader.FromFile(path, Csv);
            int file = FindColumn(csv.Headers, FileNames, options.FileColumnName,
                nameof(options.FileColumnName), result);
            int label = FindColumn(csv.Headers, LabelNames, options.LabelColumnName,
                nameof(options.LabelColumnName), result);
            if (result.Errors.Count == 0)
                ReadRows(csv, file, label, Path.GetDirectoryName(path)!, result);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            result.Errors.Add($"the file cannot be read: {e.Message}");
        }
        return result;
    }

    private static int FindColumn(
        IReadOnlyList<string> headers, string[] synonyms, string? chosen, string option, LabeledFiles result)
    {
        List<int> Named(string name) =>
            [.. Enumerable.Range(0, headers.Count).Where(i => headers[i].Equals(name, StringComparison.OrdinalIgnoreCase))];

        // The first name has priority over its synonyms.
        var found = Named(chosen ?? synonyms[0]);
        if (chosen is null && found.Count == 0)
            found = [.. synonyms.SelectMany(Named)];
        if (found.Count == 1)
            return found[0];
        string wanted = chosen is not null ? $"'{chosen}'" : string.Join(", ", synonyms);
        result.Errors.Add(found.Count == 0
            ? $"there is no column {wanted}; the columns are {string.Join(", ", headers)}. Set {option}"
            : $"the column is ambiguous: {string.Join(", ", found.Select(i => headers[i]))}. Set {option}");
        return -1;
    }

    private static void ReadRows(CsvReader csv, int fileColumn, int labelColumn, string folder, LabeledFiles result)
    {
        var seen = new Dictionary<string, (LabeledFile File, long Line)>(StringComparer.Ordinal);
        while (csv.Read())
        {
            long line = csv.LineNumber;
            string file = csv.GetString(fileColumn).Replace('\\', '/');
            string label = csv.GetString(labelColumn);
            if (file.Length == 0 || file.Contains('\0'))
            {
                result.BadFiles.Add($"line {line}: {(file.Length == 0 ? "the file name is empty" : "the path contains a NUL character")}");
                continue;
            }
            if (label.Length > 0)
                result.Classes.Add(label);
            string fullPath = Path.GetFullPath(Path.Combine(folder, file));
            if (label.Length == 0)
            {
                result.BadFiles.Add($"{file}: no label, in line {line}");
            }
            else if (seen.TryGetValue(fullPath, out var earlier))
            {
                // A repeated line is one image, which must not be in both parts of a split.
                if (earlier.File.Label != label)
                    result.Errors.Add($"{file}: two labels, '{earlier.File.Label}' in line {earlier.Line} and '{label}' in "
                        + $"line {line}");
            }
            else if (!ImageExtensions.Has(file))
            {
                result.BadFiles.Add($"{file}: not an image ({ImageExtensions.List}), in line {line}");
            }
            else if (!File.Exists(fullPath))
            {
                result.BadFiles.Add($"{file}: no such file, in line {line}");
            }
            else
            {
                var labeled = new LabeledFile(file, fullPath, label);
                seen.Add(fullPath, (labeled, line));
                result.Add(labeled);
            }
        }
        if (result.Files.Count == 0 && result.BadFiles.Count == 0)
            result.Errors.Add("no rows below the header");
        result.Files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
    }
}
