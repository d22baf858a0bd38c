namespace VisualSentiment;

/// <summary>Writes manifests of tagging jobs.</summary>
public static class ImageManifest
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    private static readonly EnumerationOptions Entries = new() { AttributesToSkip = FileAttributes.Hidden };

    /// <summary>
    /// Writes the paths of all images below a folder, relative to it and with slashes, to a text file. Memory grows
    /// with the largest folder, not with the number of images. An existing file is replaced when the new one is
    /// complete.
    /// </summary>
    /// <param name="folder">The folder. Hidden files, hidden folders and links to folders are ignored.</param>
    /// <param name="manifest">The path of the text file.</param>
    /// <param name="cancellationToken">Cancels the search; no file is written.</param>
    /// <returns>The number of images.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="IOException">The folder cannot be read, or the file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static long WriteFolder(string folder, string manifest, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(manifest);
        var root = new DirectoryInfo(folder);
        if (!root.Exists)
            throw new DirectoryNotFoundException($"The folder '{folder}' does not exist.");
        string unfinished = $"{Path.GetFullPath(manifest)}.{Guid.NewGuid():N}.tmp";
        try
        {
            long count = 0;
            using (var writer = new StreamWriter(unfinished) { NewLine = "\n" })
                foreach (string name in Find(root, ""))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    writer.WriteLine(name);
                    count++;
                }
            File.Move(unfinished, manifest, overwrite: true);
            return count;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static IEnumerable<string> Find(DirectoryInfo folder, string prefix)
    {
        // The order of the file system differs between machines.
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", Entries)
            .OrderBy(entry => entry.Name, StringComparer.Ordinal))
            if (entry is DirectoryInfo inner)
            {
                if (!inner.Attributes.HasFlag(FileAttributes.ReparsePoint))
                    foreach (string name in Find(inner, $"{prefix}{entry.Name}/"))
                        yield return name;
            }
            // A line break would make two lines of one path.
            else if (Extensions.Contains(entry.Extension, StringComparer.OrdinalIgnoreCase)
                && !entry.Name.AsSpan().ContainsAny('\r', '\n'))
                yield return prefix + entry.Name;
    }
}
