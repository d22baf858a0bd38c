namespace Predict;

/// <summary>Finds the images on a command line.</summary>
internal static class ImageFiles
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp",
    };

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true };

    /// <summary>The named files, and the images of named folders in ordinal order.</summary>
    /// <exception cref="ArgumentException">Folders contain no images; the message names all of them.</exception>
    public static IEnumerable<string> Find(IReadOnlyList<string> filesAndFolders)
    {
        string[] empty = [.. filesAndFolders.Where(path => Directory.Exists(path) && !FindIn(path).Any())];
        if (empty.Length > 0)
            throw new ArgumentException($"No images ({string.Join(' ', Extensions)}) in {string.Join(", ", empty.Select(folder => $"'{folder}'"))} were found. Pass image files, or folders that contain some.");
        return filesAndFolders.SelectMany<string, string>(path => Directory.Exists(path) ? FindIn(path).Order(StringComparer.Ordinal) : [path]);
    }

    private static IEnumerable<string> FindIn(string folder) => Directory.EnumerateFiles(folder, "*", Everywhere)
        .Where(file => Extensions.Contains(Path.GetExtension(file)));
}
