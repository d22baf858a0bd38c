namespace VisualSentiment.Reporting;

/// <summary>Writes files that appear complete or not at all.</summary>
internal static class RenamedFile
{
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string unfinished = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = File.Create(unfinished))
                write(stream);
            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
