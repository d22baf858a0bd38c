using CsvHelper;
using VisualSentiment.Common;
using VisualSentiment.Data.Columns;

namespace VisualSentiment.Data;

/// <summary>Finds the labeled images that a table of files and labels (CSV with a header) names.</summary>
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
            if (result.Mistakes.Count == 0)
                ReadRows(csv, file, label, Path.GetDirectoryName(path)!, result);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            result.Mistakes.Add($"the file cannot be read: {e.Message}");
        }
        return result;
    }

    private static int FindColumn(
        IReadOnlyList<string> headers, string[] synonyms, string? chosen, string option, LabeledFiles result)
    {
        List<int> Named(string name) =>
            [.. Enumerable.Range(0, headers.Count).Where(i => headers[i].Equals(name, StringComparison.OrdinalIgnoreCase))];

        // The first name wins over its synonyms; two synonyms are a question that only the user can answer.
        var found = Named(chosen ?? synonyms[0]);
        if (chosen is null && found.Count == 0)
            found = [.. synonyms.SelectMany(Named)];
        if (found.Count == 1)
            return found[0];
        string wanted = chosen is not null ? $"'{chosen}'" : string.Join(", ", synonyms);
        result.Mistakes.Add(found.Count == 0
            ? $"no column {wanted}; the columns are {string.Join(", ", headers)}. Name the right one in {option}"
            : $"several columns could be meant: {string.Join(", ", found.Select(i => headers[i]))}. Name the right one in {option}");
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
            if (file.Length == 0)
            {
                result.BadFiles.Add($"line {line}: no file is named");
                continue;
            }
            if (file.Contains('\0'))
            {
                result.BadFiles.Add($"line {line}: the path has a NUL character");
                continue;
            }
            if (label.Length > 0)
                result.Classes.Add(label);
            string fullPath = Path.GetFullPath(Path.Combine(folder, file));
            if (label.Length == 0)
            {
                result.BadFiles.Add($"{file}: line {line} gives it no label");
            }
            else if (seen.TryGetValue(fullPath, out var earlier))
            {
                // The same line twice is one image: it must not land in both parts of a split.
                if (earlier.File.Label != label)
                {
                    result.Mistakes.Add($"{file}: two labels, '{earlier.File.Label}' in line {earlier.Line} and '{label}' in "
                        + $"line {line}");
                }
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
            result.Mistakes.Add("no rows below the header");
        result.Files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
    }
}
