namespace VisualSentiment.Benchmarks.Images;

/// <summary>The image files of a folder.</summary>
internal static class ImageList
{
    /// <summary>The first <paramref name="count"/> files, with the classes in turn. If there are fewer files, they repeat.</summary>
    public static IEnumerable<string> Take(string folder, int count)
    {
        string[] files = Find(folder);
        return Enumerable.Range(0, count).Select(i => files[i % files.Length]);
    }

    /// <summary>All files: the first of each class folder, then the second of each, and so on.</summary>
    public static string[] Find(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories)
            .OrderBy(Path.GetFileName, StringComparer.Ordinal).ThenBy(file => file, StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new FileNotFoundException($"'{folder}' contains no JPEG files.");
    }
}
