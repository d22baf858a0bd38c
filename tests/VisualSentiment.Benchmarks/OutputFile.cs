namespace VisualSentiment.Benchmarks;

/// <summary>Files that appear complete or not at all.</summary>
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
