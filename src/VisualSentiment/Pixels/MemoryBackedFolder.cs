using Microsoft.ML.Runtime;

namespace VisualSentiment.Pixels;

/// <summary>Warns of large files in a folder that the system keeps in RAM, such as a tmpfs.</summary>
internal static class MemoryBackedFolder
{
    private const long Large = 1L << 30;

    /// <summary>Warns once where decoded images would take RAM, not disk.</summary>
    /// <param name="folder">The folder that they go to.</param>
    /// <param name="bytes">How many they are.</param>
    /// <param name="log">Receives the warning.</param>
    public static void WarnIfLarge(string folder, long bytes, IChannel log) =>
        WarnIfLarge(folder, FormatOf(folder), bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, log);

    /// <summary>As above, with the file system's name and the bytes of RAM given, for tests.</summary>
    internal static void WarnIfLarge(string folder, string? format, long bytes, long memory, IChannel log)
    {
        if (format is "tmpfs" or "ramfs" && bytes > Math.Min(Large, memory / 4))
            log.Warning(MessageSensitivity.None, "The decoded images take {0:0.0} GB in '{1}', which is in RAM ({2}). "
                + "Set {3}, for images of a column of paths, or the environment variable TMPDIR to a folder on a disk.",
                bytes / 1e9, folder, format, nameof(ImageTrainingOptions.CacheFolder));
    }

    /// <summary>The folder, or the one above it that a new folder would be created in.</summary>
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
