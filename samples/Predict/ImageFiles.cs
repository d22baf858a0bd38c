namespace Predict;

/// <summary>Finds the images that a command line names.</summary>
internal static class ImageFiles
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp",
    };

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true };

    /// <summary>Files as they are named, and the images of folders in ordinal order.</summary>
    /// <exception cref="ArgumentException">Folders have no images; all of them are named.</exception>
    public static IEnumerable<string> Find(IReadOnlyList<string> filesAndFolders)
    {
        string[] empty = [.. filesAndFolders.Where(path => Directory.Exists(path) && !FindIn(path).Any())];
        if (empty.Length > 0)
            throw new ArgumentException($"There are no images ({string.Join(' ', Extensions)}) in {string.Join(", ", empty.Select(folder => $"'{folder}'"))}; name files, or folders that have some.");
        return filesAndFolders.SelectMany<string, string>(path => Directory.Exists(path) ? FindIn(path).Order(StringComparer.Ordinal) : [path]);
    }

    private static IEnumerable<string> FindIn(string folder) => Directory.EnumerateFiles(folder, "*", Everywhere)
        .Where(file => Extensions.Contains(Path.GetExtension(file)));
}
