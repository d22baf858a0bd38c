using System.IO.Enumeration;
using VisualSentiment.Tool.Predictions;

namespace VisualSentiment.Tool.Tagging;

/// <summary>An image below a folder.</summary>
/// <param name="Name">Gets the path from the folder, with slashes.</param>
/// <param name="Stamp">Gets the size and the time of the last modification.</param>
internal readonly record struct FoundImage(string Name, FileStamp Stamp);

/// <summary>The properties of a file that differ after a modification.</summary>
internal readonly record struct FileStamp(long Size, DateTime Modified);

/// <summary>
/// Finds the images below a folder. Hidden files and folders, links to folders and the folder of the results are
/// ignored.
/// </summary>
internal sealed class ImageTree(string folder, string results)
{
    private static readonly EnumerationOptions Recursive = new() { RecurseSubdirectories = true };

    /// <summary>Gets the full path of the folder.</summary>
    public string Folder => folder;

    /// <summary>Gets whether there are no images. It stops at the first one.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public bool IsEmpty => !Enumerate().Any();

    /// <summary>Returns the images in ordinal order.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public FoundImage[] Find() => [.. Enumerate().OrderBy(image => image.Name, StringComparer.Ordinal)];

    public string PathOf(string name) => Path.Join(folder, name.Replace('/', Path.DirectorySeparatorChar));

    private FileSystemEnumerable<FoundImage> Enumerate() => new(folder, (ref FileSystemEntry entry) =>
        new(NameOf(entry.ToFullPath()), new(entry.Length, entry.LastWriteTimeUtc.UtcDateTime)), Recursive)
    {
        ShouldIncludePredicate = static (ref FileSystemEntry entry) =>
            !entry.IsDirectory && ImageFiles.IsImage(entry.FileName.ToString()),
        ShouldRecursePredicate = (ref FileSystemEntry entry) =>
            !entry.Attributes.HasFlag(FileAttributes.ReparsePoint) && entry.ToFullPath() != results,
    };

    private string NameOf(string path) => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
}
