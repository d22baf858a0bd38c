namespace Predict;

/// <summary>Finds the pictures that a command line names.</summary>
internal static class PictureFiles
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp",
    };

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true };

    /// <summary>Files as they are named, and the pictures of folders in ordinal order.</summary>
    public static IEnumerable<string> Find(IEnumerable<string> filesAndFolders) =>
        filesAndFolders.SelectMany(path => Directory.Exists(path) ? FindIn(path) : [path]);

    private static IEnumerable<string> FindIn(string folder) => Directory.EnumerateFiles(folder, "*", Everywhere)
        .Where(file => Extensions.Contains(Path.GetExtension(file)))
        .Order(StringComparer.Ordinal);
}
