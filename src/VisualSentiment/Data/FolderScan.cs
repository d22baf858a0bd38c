namespace VisualSentiment.Data;

/// <summary>
/// All files and folders below a folder, by relative path with '/' between segments, in ordinal order. What file managers
/// leave behind and what is hidden (a leading dot) is not seen. Links are followed; one that leads back is not.
/// </summary>
internal sealed class FolderScan
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private FolderScan()
    {
    }

    public List<string> Files { get; } = [];

    public List<string> Folders { get; } = [];

    /// <summary>Folders that could not be listed, and why.</summary>
    public List<string> Unreadable { get; } = [];

    public static FolderScan Of(string root)
    {
        var scan = new FolderScan();
        scan.Visit(new DirectoryInfo(root), relative: "", ancestors: []);
        scan.Files.Sort(StringComparer.Ordinal);
        scan.Folders.Sort(StringComparer.Ordinal);
        scan.Unreadable.Sort(StringComparer.Ordinal);
        return scan;
    }

    private void Visit(DirectoryInfo folder, string relative, HashSet<string> ancestors)
    {
        try
        {
            var target = folder.ResolveLinkTarget(returnFinalTarget: true) as DirectoryInfo ?? folder;
            if (!ancestors.Add(target.FullName))
                return;
            foreach (var entry in target.EnumerateFileSystemInfos("*", Everything))
            {
                if (IsIgnored(entry.Name))
                    continue;
                string path = relative + entry.Name;
                if (entry is DirectoryInfo child)
                {
                    Folders.Add(path);
                    Visit(child, path + "/", ancestors);
                }
                else
                {
                    Files.Add(path);
                }
            }
            ancestors.Remove(target.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Unreadable.Add($"{relative}: the folder cannot be listed: {e.Message}");
        }
    }

    private static bool IsIgnored(string name) => name.StartsWith('.')
        || name.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase)
        || name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase);
}
