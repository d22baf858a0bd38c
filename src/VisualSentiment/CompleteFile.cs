namespace VisualSentiment;

/// <summary>Files that appear complete or not at all.</summary>
internal static class CompleteFile
{
    /// <summary>Writes a file; one that is there is replaced.</summary>
    public static void Write(string path, byte[] content)
    {
        string target = Path.GetFullPath(path);
        string unfinished = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(unfinished, content);
            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
