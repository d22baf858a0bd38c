using Microsoft.ML.Runtime;

namespace VisualSentiment.Pixels;

/// <summary>Warns if large files go to a folder in RAM, such as a tmpfs.</summary>
internal static class MemoryBackedFolder
{
    private const long Large = 1L << 30;

    /// <summary>Warns if the decoded images, of <paramref name="bytes"/> bytes, would take RAM instead of disk space.</summary>
    public static void WarnIfLarge(string folder, long bytes, IChannel log) =>
        WarnIfLarge(folder, FormatOf(folder), bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, log);

    /// <summary>The same for a given file system and size of RAM in bytes, for tests.</summary>
    internal static void WarnIfLarge(string folder, string? format, long bytes, long memory, IChannel log)
    {
        if (format is "tmpfs" or "ramfs" && bytes > Math.Min(Large, memory / 4))
            log.Warning(MessageSensitivity.None, "The decoded images take {0:0.0} GB in '{1}', which is a folder in RAM ({2}). "
                + "Set {3}, for images of a column of paths, or the environment variable TMPDIR to a folder on a disk.",
                bytes / 1e9, folder, format, nameof(ImageTrainingOptions.CacheFolder));
    }

    /// <summary>The folder, or the nearest existing one above it.</summary>
    internal static string FindExisting(string folder)
    {
        string existing = Path.GetFullPath(folder);
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
            existing = parent;
        return existing;
    }

    private static string? FormatOf(string folder)
    {
        try
        {
            return new DriveInfo(FindExisting(folder)).DriveFormat;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // a share without a drive
        }
    }
}
