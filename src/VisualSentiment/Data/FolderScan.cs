namespace VisualSentiment.Data;

/// <summary>
/// All files and folders below a folder, by relative path with '/' between segments, in ordinal order. Hidden entries
/// (a leading dot) and files of file managers are ignored. Links are followed, but each folder is scanned once: at its
/// own path if that is below the root, otherwise at the first link to it in ordinal order.
/// </summary>
internal sealed class FolderScan
{
    /// <summary>The maximum number of nested links, as on Linux.</summary>
    private const int MaxLinks = 40;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, string> _links = new(StringComparer.Ordinal);

    private FolderScan()
    {
    }

    public List<string> Files { get; } = [];

    public List<string> Folders { get; } = [];

    /// <summary>The folders that could not be listed, with the reasons.</summary>
    public List<string> Unreadable { get; } = [];

    public static FolderScan Of(string root)
    {
        var scan = new FolderScan();
        scan._links.Enqueue(root, "");
        while (scan._links.TryDequeue(out string? link, out string? path))
            scan.Visit(link, path, isLink: true);
        scan.Files.Sort(StringComparer.Ordinal);
        scan.Folders.Sort(StringComparer.Ordinal);
        scan.Unreadable.Sort(StringComparer.Ordinal);
        return scan;
    }

    private void Visit(string folder, string path, bool isLink)
    {
        string prefix = path.Length == 0 ? "" : path + "/";
        try
        {
            if (isLink)
                folder = FindTarget(folder, MaxLinks);
            if (!_visited.Add(folder))
                return;
            if (path.Length > 0)
                Folders.Add(path);
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
            {
                if (IsIgnored(entry.Name))
                    continue;
                if (entry is not DirectoryInfo child)
                    Files.Add(prefix + entry.Name);
                else if (child.LinkTarget is null)
                    Visit(child.FullName, prefix + child.Name, isLink: false);
                else
                    _links.Enqueue(child.FullName, prefix + child.Name);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Unreadable.Add($"{prefix}: cannot list the folder: {e.Message}");
        }
    }

    /// <summary>Resolves the links in all segments of a path.</summary>
    private static string FindTarget(string path, int maxLinks)
    {
        if (maxLinks == 0)
            throw new IOException("too many levels of links");
        string root = Path.GetPathRoot(path)!, target = root;
        foreach (string segment in path[root.Length..].Split(Path.DirectorySeparatorChar))
        {
            target = Path.Join(target, segment);
            if (Directory.ResolveLinkTarget(target, returnFinalTarget: true) is { } linked)
                target = FindTarget(linked.FullName, maxLinks - 1);
        }
        return target;
    }

    private static bool IsIgnored(string name) => name.StartsWith('.')
        || name.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase)
        || name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase);
}
