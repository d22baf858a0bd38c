using System.Formats.Tar;

namespace VisualSentiment.Common;

/// <summary>Opens files of the user. Pipes, devices and sockets are rejected, because reading them may never end.</summary>
internal static class RegularFile
{
    /// <summary>Opens a file for unbuffered reading.</summary>
    /// <exception cref="IOException">The file is missing, cannot be opened, or is not a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public static FileStream Open(string path, FileOptions options = FileOptions.None)
    {
        ThrowIfOther(path);
        // Other programs may replace the file while it is read.
        return new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, options);
    }

    /// <summary>Throws if the path exists and is not a regular file.</summary>
    /// <exception cref="IOException">The path is not a regular file.</exception>
    public static void ThrowIfOther(string path)
    {
        var file = new FileInfo(path);
        FileSystemInfo target = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        // .NET has no API for the kind of a file, but only regular files have a length.
        if (Directory.Exists(path) || target is FileInfo { Exists: true, Length: 0 } && !IsRegular(target.FullName))
            throw new IOException("it is not a regular file");
    }

    // TarWriter checks the kind of a file before it opens it.
    private static bool IsRegular(string path)
    {
        if (OperatingSystem.IsWindows())
            return true;
        using var archive = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(archive, leaveOpen: true))
                writer.WriteEntry(path, "file");
        }
        catch (IOException)
        {
            return false;
        }
        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry() is { EntryType: TarEntryType.RegularFile };
    }
}
