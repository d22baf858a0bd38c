namespace VisualSentiment.Common;

/// <summary>Writes files atomically: the complete file appears under its name, or nothing changes.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a temporary file next to the target and renames it. An existing file is replaced.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                // Without this, a system crash after the rename could leave a file with missing content.
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
