namespace VisualSentiment.Benchmarks;

/// <summary>Writes files that are complete or do not exist.</summary>
internal static class OutputFile
{
    /// <returns>The path.</returns>
    public static string Write(string path, string content)
    {
        string unfinished = path + ".tmp";
        File.WriteAllText(unfinished, content);
        File.Move(unfinished, path, overwrite: true);
        return path;
    }
}
