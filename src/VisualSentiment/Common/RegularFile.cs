using System.Formats.Tar;

namespace VisualSentiment.Common;

/// <summary>
/// Opens files of the user. Pipes, devices and sockets are refused, since opening or reading one may never end.
/// </summary>
internal static class RegularFile
{
    /// <summary>Opens a file for reading, without a buffer.</summary>
    /// <exception cref="IOException">It is missing, cannot be opened, or is not a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path)
    {
        ThrowIfOther(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
    }

    /// <summary>Throws where something else than a regular file has the path; not where nothing has.</summary>
    /// <exception cref="IOException">It is not a regular file.</exception>
    public static void ThrowIfOther(string path)
    {
        var file = new FileInfo(path);
        FileSystemInfo target = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        // .NET does not tell kinds of files apart, but only regular ones have a length.
        if (Directory.Exists(path) || target is FileInfo { Exists: true, Length: 0 } && !IsRegular(target.FullName))
            throw new IOException("it is not a regular file");
    }

    /// <summary>An archive writer looks at the kind of a file before it opens it.</summary>
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
