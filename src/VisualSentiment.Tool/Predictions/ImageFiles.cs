using VisualSentiment.Tool.Commands;

namespace VisualSentiment.Tool.Predictions;

/// <summary>Finds the images on a command line.</summary>
internal static class ImageFiles
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp",
    };

    public static string ExtensionList { get; } = string.Join(' ', Extensions);

    private static readonly EnumerationOptions Recursive = new() { RecurseSubdirectories = true };

    /// <summary>Returns the files, and the images in the folders in ordinal order.</summary>
    /// <exception cref="InvalidCommandLineException">Folders contain no images; the message lists them.</exception>
    public static IEnumerable<string> Find(IReadOnlyList<string> filesAndFolders)
    {
        string[] empty = [.. filesAndFolders.Where(path => Directory.Exists(path) && !FindIn(path).Any())];
        if (empty.Length > 0)
            throw new InvalidCommandLineException($"No images ({ExtensionList}) in "
                + $"{string.Join(", ", empty.Select(folder => $"'{folder}'"))} were found.");
        return filesAndFolders.SelectMany<string, string>(path =>
            Directory.Exists(path) ? FindIn(path).Order(StringComparer.Ordinal) : [path]);
    }

    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path));

    private static IEnumerable<string> FindIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", Recursive).Where(IsImage);
}
